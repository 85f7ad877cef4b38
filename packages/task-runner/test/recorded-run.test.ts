import { decodeMessage } from "@berth/proto";
import { Call } from "@berth/proto/v1/scheduler";
import { recordedMessages } from "@berth/testkit";
import { expect, it } from "vitest";
import { runnerWorld } from "./world.ts";

function calls(scenario: "s1"): readonly Call[] {
  return recordedMessages(scenario, "api_v1_scheduler").map(({ body }) => {
    const read = decodeMessage(Call, body);
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    return read.value;
  });
}

it("takes a task through what a real master sent, and answers as a real scheduler did", async () => {
  const [, accept, ...acknowledgements] = calls("s1");
  const recordedTask = accept?.accept?.operations?.[0]?.launch?.taskInfos?.[0];
  const [answer] = recordedMessages("s1", "RESP_200");
  if (recordedTask === undefined || answer === undefined) throw new Error("nothing recorded");
  const { master, runner, run, states, agents } = await runnerWorld();
  master.recordedAnswer = answer.raw;
  const { agentId: _, ...asked } = recordedTask;
  const running = await run(asked);
  const end = await running.ended;
  expect(states()).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
  expect(end).toMatchObject({ exitCode: 0, outOfMemory: false, status: { message: "Container exited with status 0" } });
  const place = await running.placed;
  expect(place).toMatchObject({ agentUrl: "http://127.0.0.1:5051/slave(1)", executorId: "hi" });
  expect(place?.sandboxDirectory).toBe(
    `/work/slaves/${place?.agentId}/frameworks/${running.frameworkId}/executors/hi/runs/${place?.containerId}`,
  );
  expect(agents).toEqual([place?.agentUrl]);

  await runner.close();
  expect(master.calls[0]).toMatchObject({
    type: "SUBSCRIBE",
    subscribe: { frameworkInfo: { user: "nobody", name: "berth run", roles: ["*"], checkpoint: true } },
  });
  // Field for field the recorded ACCEPT; only the filter is ours.
  const ours = master.of("ACCEPT");
  expect(ours).toEqual([{ ...accept, accept: { ...accept?.accept, filters: { refuseSeconds: 3600 } } }]);
  // The recorded scheduler left without acknowledging the last one.
  expect(acknowledgements.length).toBe(2);
  expect(master.of("ACKNOWLEDGE").slice(0, 2)).toEqual(acknowledgements);
  expect(master.of("ACKNOWLEDGE").length).toBe(3);
  expect(master.calls.at(-1)).toEqual({ type: "TEARDOWN", frameworkId: accept?.frameworkId });
});
