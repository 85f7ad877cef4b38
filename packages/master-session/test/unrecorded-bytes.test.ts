import { unrecorded } from "@berth/testkit";
import { expect, test } from "vitest";
import { readMessage } from "../src/read-message.ts";
import { settled } from "./fake-timers.ts";
import { masterPid, SessionFixture } from "./session-fixture.ts";

const message = (own: string, body: Uint8Array, to = "slave(1)") => ({
  from: masterPid,
  to,
  name: `mesos.internal.${own}`,
  body,
});

test("ShutdownMessage", async () => {
  const f = new SessionFixture();
  await f.run();
  f.libprocess.receive(message("ShutdownMessage", unrecorded.shutdown("Machine is `DOWN`")));
  await settled();
  expect(f.takeCalls()).toEqual(["TERMINATING m", "shutdown ordered: Machine is `DOWN`"]);
});

test("SlaveReregisteredMessage with a question about a task", () => {
  const event = readMessage(message("SlaveReregisteredMessage", unrecorded.slaveReregistered("s1", "f1", "t1")), "s1");
  expect(event).toMatchObject({
    type: "reregistered",
    agentId: "s1",
    pingTimeoutMs: 75_000,
    message: {
      reconciliations: [
        {
          frameworkId: { value: "f1" },
          statuses: [{ taskId: { value: "t1" }, state: "TASK_STAGING" }],
          framework: { user: "root", name: "f", id: { value: "f1" } },
        },
      ],
    },
  });
});

test.each([
  [
    "AuthenticationErrorMessage",
    unrecorded.authenticationError("No authenticator loaded"),
    "No authenticator loaded",
    "DISCONNECTED m",
  ],
  [
    "AuthenticationFailedMessage",
    new Uint8Array(),
    "the master refuses the agent's credentials",
    "shutdown fatal: the master refuses the agent's credentials",
  ],
])("%s", async (name, body, reason, last) => {
  const f = new SessionFixture({ credential: { principal: "ag", secret: "sekret" } });
  f.session.start();
  f.detect();
  await f.timers.advance(1000);
  f.libprocess.receive(message(name, body, "crammd5-authenticatee(1)"));
  await settled();
  expect(f.takeCalls().at(-1)).toBe(last);
  expect(f.warnings.map((each) => each.fields?.["reason"])).toEqual([reason]);
});

/** Worked examples of wire.md, section 8. */
test.each([
  ["PingSlaveMessage", "0801", { type: "ping", connected: true }],
  [
    "SlaveRegisteredMessage",
    "0a060a046d2d53301209090000000000c05240",
    { type: "registered", agentId: "m-S0", pingTimeoutMs: 75_000 },
  ],
])("%s of the worked examples", (name, hex, event) => {
  expect(readMessage(message(name, new Uint8Array(Buffer.from(hex, "hex"))), undefined)).toMatchObject(event);
});
