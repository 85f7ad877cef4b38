import type { Containerizer } from "@berth/containerizer";
import { createLocalTaskRunner } from "@berth/task-runner";

/** Runs `echo hello` and prints each state. Returns the exit code. */
export async function hello(containerizer: Containerizer): Promise<number | undefined> {
  const runner = createLocalTaskRunner({ containerizer }, { workDirectory: "/var/lib/berth", now: Date.now });
  const running = await runner.run({
    task: {
      name: "hello",
      taskId: { value: "hello" },
      command: { shell: true, value: "echo hello" },
      container: { type: "DOCKER", docker: { image: "busybox:1.36" } },
      resources: [{ name: "mem", type: "SCALAR", scalar: { value: 64 } }],
    },
    onStatus: (status) => console.log(status.state, status.message ?? ""),
  });
  console.log(`output is in ${running.sandboxDirectory}/stdout`);
  const { exitCode } = await running.ended;
  await runner.close();
  return exitCode;
}
