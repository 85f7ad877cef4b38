import {
  AuthenticationCompletedMessage,
  AuthenticationErrorMessage,
  AuthenticationFailedMessage,
  AuthenticationMechanismsMessage,
  AuthenticationStepMessage,
} from "@berth/proto/internal/authentication";
import { expect, test } from "vitest";
import { settled } from "./fake-timers.ts";
import { masterPid, SessionFixture } from "./session-fixture.ts";

const credential = { principal: "ag", secret: "sekret" };
const authenticator = { id: "crammd5-authenticator-session(1)", host: "127.0.0.1", port: 5050 };
const authenticate = "AuthenticateMessage -> master@127.0.0.1:5050";
const registration = "RegisterSlaveMessage -> master@127.0.0.1:5050";
const challenge = { data: new TextEncoder().encode("<1.2@m>") };

/** Up to the first message of an attempt. */
async function begun(): Promise<SessionFixture> {
  const f = new SessionFixture({ credential });
  f.session.start();
  f.detect();
  await f.timers.advance(1000);
  expect(f.libprocess.takeSent()).toEqual([authenticate]);
  return f;
}

function complete(f: SessionFixture, authenticatee: string): void {
  f.libprocess.deliver(AuthenticationMechanismsMessage, authenticator, { mechanisms: ["CRAM-MD5"] }, authenticatee);
  f.libprocess.deliver(AuthenticationStepMessage, authenticator, challenge, authenticatee);
  f.libprocess.deliver(AuthenticationCompletedMessage, authenticator, {}, authenticatee);
}

test("registers at once when it is authenticated, and authenticates again after each detection", async () => {
  const f = await begun();
  complete(f, "crammd5-authenticatee(1)");
  expect(f.libprocess.takeSent().at(-1)).toBe(registration);
  expect(f.libprocess.handlers.has("crammd5-authenticatee(1)")).toBe(false);
  await f.answerRegistration();
  f.libprocess.takeSent();
  f.ping(false);
  await f.timers.advance(1000);
  expect(f.libprocess.takeSent()).toContain(authenticate);
  complete(f, "crammd5-authenticatee(2)");
  expect(f.libprocess.takeSent().at(-1)).toBe("ReregisterSlaveMessage -> master@127.0.0.1:5050");
});

test("wrong credentials are the end", async () => {
  const f = await begun();
  f.libprocess.deliver(
    AuthenticationMechanismsMessage,
    authenticator,
    { mechanisms: ["CRAM-MD5"] },
    "crammd5-authenticatee(1)",
  );
  f.libprocess.deliver(AuthenticationStepMessage, authenticator, challenge, "crammd5-authenticatee(1)");
  f.libprocess.deliver(AuthenticationFailedMessage, authenticator, {}, "crammd5-authenticatee(1)");
  expect(f.takeCalls().slice(-2)).toEqual([
    "TERMINATING m",
    "shutdown fatal: the master refuses the agent's credentials",
  ]);
  expect(f.timers.pending).toBe(0);
});

test("silence is tried again with growing time, each attempt as a process of its own", async () => {
  const f = await begun();
  const times: number[] = [];
  for (let i = 0; i < 6; i += 1) {
    while (f.libprocess.sent.length === 0) await f.timers.advance(500);
    expect(f.libprocess.takeSent()).toEqual([authenticate]);
    expect([...f.libprocess.handlers.keys()]).toEqual(["slave(1)", `crammd5-authenticatee(${i + 2})`]);
    times.push(f.timers.nowMs / 1000 - 1);
  }
  // 7 s, 9 s, 13 s, 21 s, 37 s, 60 s.
  expect(times).toEqual([7, 16, 29, 50, 87, 147]);
});

test("an error of the master is tried again when the attempt's time has passed, not at once", async () => {
  const f = await begun();
  f.libprocess.deliver(
    AuthenticationErrorMessage,
    masterPid,
    { error: "No authenticator loaded" },
    "crammd5-authenticatee(1)",
  );
  await f.timers.advance(6999);
  expect(f.libprocess.takeSent()).toEqual([]);
  await f.timers.advance(1);
  expect(f.libprocess.takeSent()).toEqual([authenticate]);
  expect(f.warnings.map((each) => each.fields?.["reason"])).toEqual(["No authenticator loaded"]);
});

test("a master without CRAM-MD5 is an error like others", async () => {
  const f = await begun();
  f.libprocess.deliver(
    AuthenticationMechanismsMessage,
    authenticator,
    { mechanisms: ["GSSAPI"] },
    "crammd5-authenticatee(1)",
  );
  await f.timers.advance(7000);
  expect(f.libprocess.takeSent()).toEqual([authenticate]);
});

test("words of others, words out of order and words to an old attempt are nothing", async () => {
  const f = await begun();
  const stranger = { ...authenticator, port: 4000 };
  const to = "crammd5-authenticatee(1)";
  f.libprocess.deliver(AuthenticationMechanismsMessage, stranger, { mechanisms: ["CRAM-MD5"] }, to);
  f.libprocess.deliver(AuthenticationCompletedMessage, authenticator, {}, to);
  f.libprocess.deliver(AuthenticationStepMessage, authenticator, challenge, to);
  expect(f.libprocess.takeSent()).toEqual([]);
  f.libprocess.deliver(AuthenticationMechanismsMessage, authenticator, { mechanisms: ["CRAM-MD5"] }, to);
  expect(f.libprocess.takeSent()).toHaveLength(1);
  f.libprocess.deliver(
    AuthenticationFailedMessage,
    { ...authenticator, id: "crammd5-authenticator-session(2)" },
    {},
    to,
  );
  expect(f.session.state).toBe("DISCONNECTED");
  f.detect();
  expect(f.libprocess.deliver(AuthenticationStepMessage, authenticator, challenge, to)).toBe(false);
  await settled();
  expect(f.libprocess.takeSent()).toEqual([]);
});
