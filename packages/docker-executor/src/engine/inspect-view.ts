import type { ContainerInspect } from "@berth/engine-client";
import type { InspectView } from "../life/event.ts";

const never = "0001-01-01";

/** What an inspect answer says of a container's life. */
export function inspectView({ State: state }: ContainerInspect): InspectView {
  switch (state.Status) {
    case "created":
      return { view: "not-started", engineError: state.Error };
    case "running":
    case "paused":
    case "restarting":
      return { view: "running" };
    case "removing":
      return { view: "removing" };
    case "exited":
    case "dead":
      if (state.StartedAt.startsWith(never))
        return { view: "not-started", engineError: state.Error || `exit code ${state.ExitCode}` };
      return { view: "exited", exit: { exitCode: state.ExitCode, oomKilled: state.OOMKilled } };
    default:
      // The type lists what engines say today.
      return { view: "unknown" };
  }
}
