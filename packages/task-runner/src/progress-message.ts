import type { LaunchProgress } from "@berth/containerizer";

/** The progress in a framework message of a Berth agent; undefined for any other message. */
export function progressOf(data: Uint8Array, taskId: string): LaunchProgress | undefined {
  const message = fields(parse(data));
  const progress = fields(message["berth_progress"]);
  const { phase, detail } = progress;
  if (progress["task_id"] !== taskId || typeof fields(detail)["kind"] !== "string") return undefined;
  return phase === "fetching" || phase === "pulling" ? { phase, detail } : undefined;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString("utf8"));
  } catch {
    return undefined; // somebody else's message
  }
}
