import { onTestFinished } from "vitest";

/** What a process wrote is shown when the test fails. */
export function tellOnFailure(name: string, log: () => string): void {
  onTestFinished(({ task }) => {
    if (task.result?.state === "fail") console.error(`${name}:\n${log()}`);
  });
}
