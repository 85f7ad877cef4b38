import { type ContainerCalls, isEngineError } from "@berth/engine-client";
import type { LookUpResult } from "../life/event.ts";
import { labelNames } from "../plan/labels.ts";
import { inspectView } from "./inspect-view.ts";

/** Whose container stands under a name: ours as asked for, ours from another request, somebody else's, or nobody's. */
export async function lookUp(
  containers: Pick<ContainerCalls, "inspect">,
  name: string,
  wanted: { readonly containerId: string; readonly specHash: string },
): Promise<LookUpResult> {
  try {
    const { inspect } = await containers.inspect(name);
    // An id may look like a name: what counts is the name that it bears.
    if (inspect.Name !== undefined && inspect.Name.replace(/^\//, "") !== name) return { found: "nothing" };
    const labels = inspect.Config.Labels ?? {};
    if (labels[labelNames.containerId] !== wanted.containerId) return { found: "foreign" };
    const view = inspectView(inspect);
    if (view.view === "unknown") return { found: "unknown" };
    if (labels[labelNames.specHash] !== wanted.specHash || view.view === "removing")
      return { found: "stale", engineId: inspect.Id };
    return { found: "ours", engineId: inspect.Id, started: view.view !== "not-started" };
  } catch (error) {
    return isEngineError(error, "not-found") ? { found: "nothing" } : { found: "unknown" };
  }
}
