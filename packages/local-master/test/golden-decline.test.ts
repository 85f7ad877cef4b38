import { type RecordedMessage, recordedMessages, type RecordedScenario } from "@berth/testkit";
import { expect, test, vi } from "vitest";
import { RawAgent } from "./raw-agent.ts";
import { get, RawScheduler } from "./raw-scheduler.ts";
import { startMaster } from "./start-master.ts";

test.each<RecordedScenario>(["s5", "s6"])("%s: the recorded DECLINE gives an offer back", async (scenario) => {
  await using running = await startMaster();
  await using agent = await RawAgent.start(running.port);
  await agent.replay(recordedMessages(scenario, "RegisterSlaveMessage")[0] as RecordedMessage);
  await agent.message("SlaveRegisteredMessage");
  const calls = recordedMessages(scenario, "POST_api_v1_scheduler");
  using scheduler = await RawScheduler.open(running.port, (calls[0] as RecordedMessage).raw);
  const offered = (await scheduler.event("OFFERS")).offers?.offers?.map(({ id }) => ({ value: id?.value }));
  const offers = async () => {
    const { frameworks } = (await get(running.port, "/state")).json as { frameworks: { offers: { id: string }[] }[] };
    return frameworks.flatMap((framework) => framework.offers.map(({ id }) => id));
  };
  expect(await offers()).toEqual(offered?.map(({ value }) => value));
  const recorded = calls
    .map(({ body }) => JSON.parse(Buffer.from(body).toString()) as { type: string; decline?: object })
    .find(({ type }) => type === "DECLINE");
  // Of an offer, and in a framework, of ours; all else as recorded.
  const { framework_id: _, ...call } = recorded as { framework_id?: object; decline?: object };
  const answer = await scheduler.call({ ...call, decline: { ...call.decline, offer_ids: offered } });
  expect(answer.status).toBe(202);
  await vi.waitFor(async () => expect(await offers()).toEqual([]));
});
