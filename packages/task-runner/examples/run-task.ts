import { createAgentClient, createSchedulerClient } from "@berth/mesos-client";
import { createMasterTaskRunner } from "@berth/task-runner";

/** Runs `echo hello` somewhere in a cluster and prints each state. Returns the exit code. */
export async function hello(master: string): Promise<number | undefined> {
  const scheduler = createSchedulerClient({ master });
  const runner = createMasterTaskRunner(
    { scheduler, connectAgent: (agent) => createAgentClient({ agent }), now: Date.now, random: Math.random },
    { user: "nobody" },
  );
  const running = await runner.run({
    task: {
      name: "hello",
      taskId: { value: "hello" },
      command: { shell: true, value: "echo hello" },
      container: { type: "DOCKER", docker: { image: "busybox:1.36" } },
      resources: [
        { name: "cpus", type: "SCALAR", scalar: { value: 0.1 } },
        { name: "mem", type: "SCALAR", scalar: { value: 64 } },
      ],
    },
    onStatus: (status) => console.log(status.state, status.message ?? ""),
    onNotice: (text) => console.log(text),
  });
  const place = await running.placed;
  if (place !== undefined) console.log(`runs at ${place.agentUrl}, its output is in ${place.sandboxDirectory}/stdout`);
  const { exitCode } = await running.ended;
  await runner.close();
  await scheduler.close();
  return exitCode;
}
