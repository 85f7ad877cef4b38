import { type ContainerSummary, EngineError } from "@berth/engine-client";
import { silentLog } from "@berth/log";
import { expect, test } from "vitest";
import { endLeftovers } from "../../src/machine/leftovers.ts";

/** An engine whose containers go some time after they have been told to. */
function engine(containers: readonly Pick<ContainerSummary, "Id" | "State">[], { faults = 0, inProgress = 0 } = {}) {
  let left = containers.map((each) => ({ ...each, Names: [], Image: "", Labels: {}, Created: 0 }));
  const asked: unknown[] = [];
  const removed: string[] = [];
  return {
    asked,
    removed,
    async list(options?: { filters?: unknown; all?: boolean }) {
      asked.push([options?.all, options?.filters]);
      if (faults-- > 0) {
        throw new EngineError("unreachable", "no engine", { call: "GET /containers/json", endpoint: "unix:///x" });
      }
      return left;
    },
    async remove(id: string) {
      removed.push(id);
      if (inProgress-- > 0) return "in-progress" as const;
      left = left.filter(({ Id }) => Id !== id);
      return "removed" as const;
    },
  };
}

test("ends all containers of this agent and of no other, and looks until none is left", async () => {
  const containers = engine(
    [
      { Id: "a", State: "running" },
      { Id: "b", State: "exited" },
    ],
    { inProgress: 1 },
  );
  await endLeftovers({ containers, log: silentLog }, "agent-1", { kill: true });
  expect(containers.removed).toEqual(["a", "b", "a"]);
  const query = [true, { label: ["berth.agent_id=agent-1"] }];
  expect(containers.asked).toEqual([query, query, query]);
});

test("an engine that does not answer is asked again", async () => {
  const containers = engine([], { faults: 1 });
  await endLeftovers({ containers, log: silentLog }, "agent-1", { kill: true });
  expect(containers.asked).toHaveLength(2);
});

test("a signal ends the asking", async () => {
  const containers = engine([], { faults: Infinity });
  const aborter = new AbortController();
  const ending = endLeftovers({ containers, log: silentLog }, "agent-1", { kill: true, signal: aborter.signal });
  await expect.poll(() => containers.asked.length).toBeGreaterThan(0);
  aborter.abort();
  await expect(ending).rejects.toMatchObject({ name: "AbortError" });
});

test("without leave to kill, running ones are named and left alone", async () => {
  const containers = engine([
    { Id: "0123456789abcdef", State: "running" },
    { Id: "b", State: "exited" },
  ]);
  await expect(endLeftovers({ containers, log: silentLog }, "agent-1", { kill: false })).rejects.toMatchObject({
    code: "leftovers",
    message:
      "containers of an earlier life of this agent still run (0123456789ab): end them, or let --docker_kill_orphans do it",
  });
  expect(containers.removed).toEqual([]);
});

test("without leave to kill, stopped ones are in nobody's way", async () => {
  const containers = engine([{ Id: "b", State: "exited" }]);
  await endLeftovers({ containers, log: silentLog }, "agent-1", { kill: false });
  expect(containers.removed).toEqual([]);
});
