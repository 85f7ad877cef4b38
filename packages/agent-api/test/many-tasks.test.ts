import { expect, test } from "vitest";
import { recordedSnapshot } from "./recorded-agent.ts";
import { serveAgent } from "./serve-agent.ts";

/** The recorded agent, with its first executor as often as that. */
function crowded(executors: number) {
  const snapshot = recordedSnapshot();
  const [framework] = snapshot.frameworks;
  const [executor] = framework?.executors ?? [];
  if (framework === undefined || executor === undefined) throw new Error("the recording has no executor");
  return { ...snapshot, frameworks: [{ ...framework, executors: Array.from({ length: executors }, () => executor) }] };
}

test.each([
  ["/state", undefined],
  ["/api/v1", "GET_STATE"],
  ["/api/v1", "GET_TASKS"],
])("%s %s of 5,000 tasks leaves the others their turns", async (path, type) => {
  const { url } = await serveAgent({ snapshot: crowded(5000) });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ type }) };
  // Pings and updates come in such turns. Counted, not timed.
  let turns = 0;
  let over = false;
  const turn = () => {
    turns += 1;
    if (!over) setImmediate(turn);
  };
  const answering = fetch(`${url}${path}`, type === undefined ? {} : init);
  turn();
  const answer = await answering;
  const before = turns;
  over = true;
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain("TASK_RUNNING");
  expect(before).toBeGreaterThan(5000 / 100);
});
