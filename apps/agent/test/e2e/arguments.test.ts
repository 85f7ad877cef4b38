import { expect, test } from "vitest";
import { agentWorld } from "./agent-world.ts";

test.each([
  [
    ["--wrok_dir=/x"],
    "berth-agent: --wrok_dir: there is no such flag, did you mean --work_dir? (berth-agent --help lists the flags)\n",
  ],
  [
    [],
    "berth-agent: --work_dir is missing: name a folder for sandboxes and the agent's state (berth-agent --help lists the flags)\n",
  ],
  [["--work_dir=w", "--gc_delay=3days"], expect.stringMatching(/^berth-agent: --gc_delay is not served: .*\n$/)],
  [["--work_dir=w", "--resources=cpus"], expect.stringMatching(/^berth-agent: .*cpus has no value.*\n$/)],
  [["--work_dir=w", "--attributes=a:{x}"], expect.stringMatching(/^berth-agent: .*an attribute cannot be a set.*\n$/)],
  [
    ["--work_dir=/dev/null/x"],
    expect.stringMatching(/^berth-agent: cannot make the work folder \/dev\/null\/x: .*\n$/),
  ],
  [["--work_dir=w", "--master=nonsense"], expect.stringMatching(/^berth-agent: .*nonsense.*\n$/)],
])("%j ends with 1 and one sentence", async (args, log) => {
  const world = await agentWorld("/nowhere/docker.sock");
  expect(await world.start(args).ended).toEqual({ code: 1, signal: null, log });
});
