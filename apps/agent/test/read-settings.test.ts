import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseAgentFlags } from "@berth/agent-flags";
import { expect, onTestFinished, test } from "vitest";
import { readSettings } from "../src/read-settings.ts";

async function settingsOf(argv: readonly string[]) {
  const cwd = await mkdtemp(path.join(tmpdir(), "berth-test-agent-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const parsed = parseAgentFlags(["--work_dir=work", "--ip=127.0.0.1", ...argv], {}, { readFile: () => "" });
  if (parsed.kind !== "flags") throw new Error(JSON.stringify(parsed));
  return await readSettings(parsed, { env: {}, cwd, now: () => 0 }, new AbortController().signal);
}

test.each([
  [[], 5_000],
  [["--executor_shutdown_grace_period=10mins"], 600_000],
  [["--executor_shutdown_grace_period=0secs"], 0],
])("%j: a kill without a policy, and a shutdown, have %d ms", async (argv, graceMs) => {
  const { agent, docker } = await settingsOf(argv);
  expect(docker.executor.defaultKillGraceMs).toBe(graceMs);
  expect(agent.executorShutdownGracePeriodMs).toBe(graceMs);
});
