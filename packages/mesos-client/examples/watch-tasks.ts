import { createSchedulerClient, isMesosClientError } from "@berth/mesos-client";

/** Runs one command on the first agent that is offered and prints its states. False when no master leads at the moment. */
export async function watchTask(master: string, command: string): Promise<boolean> {
  const client = createSchedulerClient({ master, contentType: "json" });
  try {
    const session = await client.subscribe({
      user: "root",
      name: "example",
      roles: ["*"],
      capabilities: [{ type: "MULTI_ROLE" }],
    });
    let launched = false;
    for await (const { type, offers, update } of session.events) {
      const offer = offers?.offers?.[0];
      if (type === "OFFERS" && offer?.id !== undefined && !launched) {
        launched = true;
        const task = {
          name: "example",
          taskId: { value: "example-1" },
          agentId: offer.agentId,
          resources: [{ name: "cpus", type: "SCALAR" as const, scalar: { value: 0.1 } }],
          command: { value: command },
        };
        const operations = [{ type: "LAUNCH" as const, launch: { taskInfos: [task] } }];
        await session.call({ type: "ACCEPT", accept: { offerIds: [offer.id], operations } });
      }
      const { agentId, taskId, uuid, state } = update?.status ?? {};
      if (state === undefined) continue;
      console.log(state);
      if (uuid !== undefined) await session.call({ type: "ACKNOWLEDGE", acknowledge: { agentId, taskId, uuid } });
      if (state === "TASK_FINISHED" || state === "TASK_FAILED") await session.call({ type: "TEARDOWN" });
    }
    return true;
  } catch (error) {
    if (isMesosClientError(error, "refused") && error.status === 503) return false;
    throw error;
  } finally {
    await client.close();
  }
}
