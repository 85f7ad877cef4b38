import type { TaskInfo } from "@berth/proto/v1";
import type { CliIo } from "../cli-io.ts";
import { exitCodeOf } from "../exit-code.ts";
import { createPlainView } from "../output/progress-view.ts";
import { statusLine } from "../output/status-line.ts";
import type { TaskSystem } from "../system/task-system.ts";

/** Hands a task to a cluster and leaves it there. Resolves with 0 when it runs, else with the exit code of its end. */
export async function runDetached(
  { runner }: TaskSystem,
  task: TaskInfo,
  io: CliIo,
  options: { readonly json: boolean },
): Promise<number> {
  const view = createPlainView((text) => void io.stderr.write(text));
  const running = await runner.run({
    task,
    onStatus: (status) => view.line(statusLine(status)),
    onProgress: (progress) => view.update(progress),
    onNotice: (text) => view.line(text),
  });
  let signal: NodeJS.Signals | undefined;
  io.onSignal((received) => {
    running.kill(signal === undefined ? undefined : { force: true });
    signal ??= received;
  });
  // Not before: an agent tells nothing new until the last state is acknowledged, and repeats that after ten seconds and more.
  const runs = await running.running;
  // A launch that fails, or a Ctrl-C in time, is an end like any other.
  const ended = !runs || signal !== undefined ? await running.ended : undefined;
  if (ended !== undefined) return exitCodeOf(ended, signal);
  const place = await running.placed;
  await running.detach();
  const ids = { framework_id: running.frameworkId, task_id: task.taskId?.value, agent_id: place?.agentId };
  const text = Object.entries(ids).map(([name, id]) => `${name.replace("_id", "")}: ${id}\n`);
  void io.stdout.write(options.json ? `${JSON.stringify(ids)}\n` : text.join(""));
  return 0;
}
