import type { TaskInfo } from "@berth/proto/v1";
import { findEngine } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { createRealBench } from "./real-bench.ts";
import { dockerContainer } from "./plan-fixtures.ts";
import { taskInfo } from "./task-fixtures.ts";

const engine = await findEngine();

const rows: readonly [what: string, task: Partial<TaskInfo>, words: RegExp][] = [
  [
    "a network that is not there",
    { container: dockerContainer({ networkInfos: [{ name: "berth-no-such-net" }] }, { network: "USER" }) },
    /berth-no-such-net not found/,
  ],
  ["a user that is not in the image", { command: { shell: false, value: "true", user: "nosuchuser" } }, /nosuchuser/],
  ["a command that is no program", { command: { shell: false, value: "/etc" } }, /permission denied|is a directory/],
  [
    "a volume driver that is not there",
    {
      container: dockerContainer({
        volumes: [
          {
            mode: "RW",
            containerPath: "/v",
            source: { type: "DOCKER_VOLUME", dockerVolume: { name: "berth-v", driver: "nosuchdriver" } },
          },
        ],
      }),
    },
    /nosuchdriver/,
  ],
  [
    "a host path that is not there",
    {
      container: dockerContainer({
        volumes: [
          { mode: "RW", containerPath: "/v", source: { type: "HOST_PATH", hostPath: { path: "/no/such/path" } } },
        ],
      }),
    },
    /\/no\/such\/path/,
  ],
  [
    "an image that is not there",
    { container: { type: "DOCKER", docker: { image: "berth-test/none:1" } } },
    /No such image: berth-test\/none:1/,
  ],
  [
    "an option that the engine refuses",
    { container: dockerContainer({}, { parameters: [{ key: "runtime", value: "nosuchruntime" }] }) },
    /nosuchruntime/i,
  ],
];

describe.skipIf(engine === undefined)(
  "refused by a real engine: TASK_FAILED with its words, and nothing left behind",
  () => {
    it.each(rows)("%s", async (_what, changes, words) => {
      await using bench = await createRealBench(engine);
      const task = await bench.start(taskInfo({ command: { value: "sleep 100" }, ...changes }));
      const { status } = await task.run.terminated;
      expect(status).toMatchObject({ state: "TASK_FAILED", reason: "REASON_CONTAINER_LAUNCH_FAILED" });
      expect(status.message).toMatch(words);
      expect(task.states()).toEqual(["TASK_STARTING", "TASK_FAILED"]);
      expect(await bench.containerCount(task)).toBe(0);
    });
  },
);
