import { recordedMessages, type RecordedScenario } from "@berth/testkit";
import { expect, test } from "vitest";
import { cramMd5Response } from "../src/credential.ts";
import { readMessage } from "../src/read-message.ts";
import { libprocessMessage, replay } from "./recorded-replay.ts";

const scenarios: readonly RecordedScenario[] = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"];

test.each(scenarios)(
  "%s: to what the real master sent we send what the real agent sent, byte for byte",
  async (scenario) => {
    const { recorded, sent } = await replay(scenario);
    expect(recorded.length).toBeGreaterThan(2);
    expect(sent).toEqual(recorded);
  },
);

test("the scenarios hold each kind that a session sends", async () => {
  const names = new Set<string>();
  for (const scenario of scenarios) for (const each of (await replay(scenario)).recorded) names.add(each.name);
  expect([...names].toSorted()).toEqual(
    [
      "AuthenticateMessage",
      "AuthenticationStartMessage",
      "AuthenticationStepMessage",
      "PongSlaveMessage",
      "RegisterSlaveMessage",
      "ReregisterSlaveMessage",
      "UnregisterSlaveMessage",
    ].map((name) => `mesos.internal.${name}`),
  );
});

test("a real challenge is answered as the real agent answered it", () => {
  const recorded = recordedMessages("s8", "AuthenticationStepMessage").map((each) => Buffer.from(each.body));
  const [challenge = Buffer.of(), response = Buffer.of()] = recorded.map((each) => each.subarray(2));
  const ours = cramMd5Response({ principal: "ag", secret: "sekret" }, challenge);
  expect(Buffer.from(ours).toString()).toBe(response.toString());
  expect(Buffer.from(ours).toString()).not.toBe(
    Buffer.from(cramMd5Response({ principal: "ag", secret: "other" }, challenge)).toString(),
  );
});

test("what a real master says of its ping time-out is read", () => {
  const timeouts = scenarios.flatMap((scenario) =>
    recordedMessages(scenario, "SlaveRegisteredMessage").map((each) => {
      const message = libprocessMessage(each);
      const event = message && readMessage(message, undefined);
      return event?.type === "registered" ? [scenario, event.pingTimeoutMs, event.agentId] : undefined;
    }),
  );
  expect(timeouts).toHaveLength(8);
  for (const timeout of timeouts) expect(timeout?.[2]).toMatch(/^[0-9a-f-]{36}-S0$/);
  expect(timeouts.find((each) => each?.[0] === "s1")?.[1]).toBe(75_000);
  expect(timeouts.find((each) => each?.[0] === "s5")?.[1]).toBe(3000);
});
