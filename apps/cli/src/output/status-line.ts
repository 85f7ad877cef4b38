import type { TaskStatus } from "@berth/proto/v1";
import { printable } from "./printable.ts";

/** `TASK_FAILED: Container exited with status 3 (REASON_...)`: one line a state. */
export function statusLine(status: TaskStatus): string {
  const message = printable((status.message ?? "").trim().replaceAll(/\s*\n\s*/g, " "));
  const reason = status.reason === undefined ? "" : ` (${status.reason})`;
  return `${status.state ?? "TASK_UNKNOWN"}${message === "" ? "" : `: ${message}`}${reason}`;
}
