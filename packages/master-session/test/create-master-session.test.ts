import { encodeMessage } from "@berth/proto";
import {
  DrainSlaveMessage,
  KillTaskMessage,
  PingSlaveMessage,
  RegisterSlaveMessage,
  ReregisterSlaveMessage,
  RunTaskMessage,
  ShutdownFrameworkMessage,
  ShutdownMessage,
  SlaveRegisteredMessage,
  SlaveReregisteredMessage,
  UnregisterSlaveMessage,
  UpdateFrameworkMessage,
} from "@berth/proto/internal/messages";
import { expect, test } from "vitest";
import { settled } from "./fake-timers.ts";
import { masterPid, observerPid, otherPid, SessionFixture } from "./session-fixture.ts";

const frameworkId = { value: "f" };
const registration = "RegisterSlaveMessage -> master@127.0.0.1:5050";
const reregistration = "ReregisterSlaveMessage -> master@127.0.0.1:5050";
const pong = "PongSlaveMessage -> slave-observer(1)@127.0.0.1:5050";

test("nothing happens before start but that pings are answered", async () => {
  const f = new SessionFixture();
  f.ping();
  f.libprocess.deliver(KillTaskMessage, masterPid, { frameworkId, taskId: { value: "t" } });
  await settled();
  expect(f.libprocess.takeSent()).toEqual([pong]);
  expect(f.calls).toEqual([]);
  expect(f.session.state).toBe("RECOVERING");
});

test("registers after the first wait, and again with growing waits until it is answered", async () => {
  const f = new SessionFixture();
  f.session.start();
  f.detect();
  expect(f.takeCalls()).toEqual(["detect", "DISCONNECTED -", "DISCONNECTED m"]);
  const times: number[] = [];
  for (let i = 0; i < 9; i += 1) {
    while (f.libprocess.sent.length === 0) await f.timers.advance(500);
    expect(f.libprocess.takeSent()).toEqual([registration]);
    times.push(f.timers.nowMs / 1000);
  }
  expect(times).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243]);

  f.libprocess.deliver(SlaveRegisteredMessage, masterPid, { slaveId: { value: "s1" } });
  await settled();
  expect(f.takeCalls()).toEqual(["registered s1", "RUNNING m"]);
  await f.timers.advance(74_000);
  expect(f.libprocess.takeSent()).toEqual([]);
});

test("a restarted agent re-registers with what the source says", async () => {
  const f = new SessionFixture({ agentId: "s1" });
  f.session.start();
  f.detect();
  await f.timers.advance(1000);
  expect(f.libprocess.only(ReregisterSlaveMessage)).toMatchObject({ slave: { id: { value: "s1" }, hostname: "h" } });
  f.libprocess.deliver(SlaveReregisteredMessage, masterPid, { slaveId: { value: "s1" } });
  await settled();
  expect(f.takeCalls().slice(2)).toEqual(["DISCONNECTED m", "reregistered s1", "RUNNING m"]);
});

test("RUNNING waits until the id is stored; pings are answered meanwhile, and messages come after", async () => {
  const stored = Promise.withResolvers<void>();
  const f = new SessionFixture({ storing: () => stored.promise });
  f.session.start();
  f.detect();
  await f.timers.advance(1000);
  f.takeCalls();
  f.libprocess.takeSent();
  f.libprocess.deliver(SlaveRegisteredMessage, masterPid, { slaveId: { value: "s1" } });
  f.libprocess.deliver(UpdateFrameworkMessage, masterPid, { frameworkId });
  f.ping();
  await settled();
  expect(f.calls).toEqual(["registered s1"]);
  expect(f.libprocess.takeSent()).toEqual([pong]);
  stored.resolve();
  await settled();
  expect(f.calls).toEqual(["registered s1", "RUNNING m", "UpdateFrameworkMessage"]);
});

test("an id that cannot be stored ends the session", async () => {
  const f = new SessionFixture({ storing: () => Promise.reject(new Error("disk full")) });
  f.session.start();
  f.detect();
  await f.answerRegistration();
  expect(f.takeCalls()).toContain("shutdown fatal: the master's answer cannot be stored");
  expect(f.session.state).toBe("TERMINATING");
  expect(f.timers.pending).toBe(0);
});

test("ping and drain may come before the answer to a re-registration", async () => {
  const f = new SessionFixture({ agentId: "s1" });
  f.session.start();
  f.detect();
  await f.timers.advance(1000);
  f.takeCalls();
  f.libprocess.takeSent();
  f.ping();
  f.libprocess.deliver(DrainSlaveMessage, masterPid, { config: {} });
  f.libprocess.deliver(SlaveReregisteredMessage, masterPid, { slaveId: { value: "s1" } });
  f.libprocess.deliver(UpdateFrameworkMessage, masterPid, { frameworkId });
  await settled();
  expect(f.libprocess.takeSent()).toEqual([pong]);
  expect(f.takeCalls()).toEqual(["DrainSlaveMessage", "reregistered s1", "RUNNING m", "UpdateFrameworkMessage"]);
});

test("without pings for the time that the master named it registers again with the same master", async () => {
  const f = new SessionFixture({ agentId: "s1" });
  f.session.start();
  f.detect();
  await f.timers.advance(1000);
  const connection = { totalPingTimeoutSeconds: 12.5 };
  f.libprocess.deliver(SlaveReregisteredMessage, masterPid, { slaveId: { value: "s1" }, connection });
  await settled();
  f.takeCalls();
  f.libprocess.takeSent();
  await f.timers.advance(12_000);
  f.ping();
  await f.timers.advance(12_499);
  expect(f.takeCalls()).toEqual([]);
  await f.timers.advance(1);
  expect(f.takeCalls()).toEqual(["redetect", "DISCONNECTED m"]);
  // The connection may have died without a sign.
  expect(f.libprocess.renewed).toEqual([masterPid]);
  await f.timers.advance(1000);
  expect(f.libprocess.takeSent()).toEqual([pong, reregistration]);
});

test("a ping that says we are not connected makes us register again, and is answered", async () => {
  const f = new SessionFixture();
  await f.run();
  f.ping(false);
  expect(f.takeCalls()).toEqual(["redetect", "DISCONNECTED m"]);
  f.ping(false);
  expect(f.takeCalls()).toEqual([]);
  expect(f.libprocess.takeSent()).toEqual([pong, pong]);
  await f.answerRegistration();
  expect(f.takeCalls()).toEqual(["reregistered s1", "RUNNING m"]);
});

test("somebody else's pings are answered and mean nothing", async () => {
  const f = new SessionFixture();
  await f.run();
  const stranger = { id: "slave-observer(9)", host: "10.9.9.9", port: 5050 };
  await f.timers.advance(70_000);
  f.ping(true, stranger);
  f.ping(false, stranger);
  expect(f.libprocess.takeSent()).toEqual(Array(2).fill("PongSlaveMessage -> slave-observer(9)@10.9.9.9:5050"));
  expect(f.takeCalls()).toEqual([]);
  await f.timers.advance(5000);
  expect(f.takeCalls()).toEqual(["redetect", "DISCONNECTED m"]);
});

test("a new leader gets the registration; what the former one says is dropped", async () => {
  const f = new SessionFixture();
  await f.run();
  f.detect({ pid: otherPid, hostname: "m2" });
  await f.timers.advance(1000);
  expect(f.libprocess.takeSent()).toEqual(["ReregisterSlaveMessage -> master@127.0.0.2:5050"]);
  f.libprocess.deliver(SlaveReregisteredMessage, masterPid, { slaveId: { value: "s1" } });
  f.libprocess.deliver(ShutdownMessage, masterPid, {});
  f.libprocess.deliver(RunTaskMessage, masterPid, { framework: { user: "", name: "" }, task: task() });
  await settled();
  expect(f.takeCalls()).toEqual(["DISCONNECTED m2"]);
  expect(f.warnings.filter((each) => each.fields?.["why"] === "unknown-sender")).toHaveLength(3);
  f.libprocess.deliver(SlaveReregisteredMessage, otherPid, { slaveId: { value: "s1" } });
  await settled();
  expect(f.takeCalls()).toEqual(["reregistered s1", "RUNNING m2"]);
});

test("without a leader nothing is sent", async () => {
  const f = new SessionFixture();
  await f.run();
  f.loseLeader();
  expect(f.takeCalls()).toEqual(["DISCONNECTED -"]);
  await f.timers.advance(600_000);
  expect(f.libprocess.takeSent()).toEqual([]);
  expect(f.session.send("mesos.internal.StatusUpdateMessage", new Uint8Array())).toBe(false);
  expect(f.timers.pending).toBe(0);
});

test("a master with an advertised address is believed once it has answered from there", async () => {
  const advertised = { ...masterPid, host: "203.0.113.7" };
  const kill = { frameworkId, taskId: { value: "t" } };
  const f = new SessionFixture();
  f.session.start();
  f.detect();
  await f.timers.advance(1000);
  f.libprocess.deliver(KillTaskMessage, advertised, kill);
  await settled();
  expect(f.messages).toHaveLength(0);
  await f.answerRegistration(advertised);
  f.libprocess.deliver(KillTaskMessage, advertised, kill);
  f.libprocess.deliver(KillTaskMessage, { ...masterPid, host: "203.0.113.8" }, kill);
  f.libprocess.deliver(KillTaskMessage, { ...advertised, port: 1 }, kill);
  await settled();
  expect(f.messages.map((each) => each.from.host)).toEqual(["203.0.113.7"]);
  await f.timers.advance(74_000);
  f.ping(true, { ...observerPid, host: "203.0.113.7" });
  await f.timers.advance(74_000);
  expect(f.session.state).toBe("RUNNING");
});

test("the answer to a registration of before the detection is not taken", async () => {
  const f = new SessionFixture({ agentId: "s1" });
  f.session.start();
  f.detect();
  await f.timers.advance(1000);
  f.detect();
  f.libprocess.deliver(SlaveReregisteredMessage, masterPid, { slaveId: { value: "s1" } });
  await settled();
  expect(f.session.state).toBe("DISCONNECTED");
  await f.answerRegistration();
  expect(f.session.state).toBe("RUNNING");
});

test("a second answer while RUNNING is one more sign of life, and its reconciliations count", async () => {
  const f = new SessionFixture();
  await f.run();
  f.libprocess.deliver(SlaveRegisteredMessage, masterPid, { slaveId: { value: "s1" } });
  f.libprocess.deliver(SlaveReregisteredMessage, masterPid, { slaveId: { value: "s1" } });
  await settled();
  expect(f.takeCalls()).toEqual(["reregistered s1"]);
});

test.each([SlaveRegisteredMessage.$type, SlaveReregisteredMessage.$type])(
  "another id in a %s is the end",
  async (name) => {
    const f = new SessionFixture();
    await f.run();
    const body = encodeMessage(SlaveRegisteredMessage, { slaveId: { value: "s2" } });
    f.libprocess.receive({ from: masterPid, to: "slave(1)", name, body });
    await settled();
    expect(f.takeCalls()).toEqual(["TERMINATING m", "shutdown fatal: the master knows this agent as s2, not as s1"]);
  },
);

test("the master may order the end, also as the answer to a registration; nobody else may", async () => {
  const f = new SessionFixture();
  f.session.start();
  f.detect();
  await f.timers.advance(1000);
  f.takeCalls();
  f.libprocess.deliver(ShutdownMessage, { ...masterPid, port: 5999 }, { message: "no" });
  f.libprocess.deliver(ShutdownMessage, masterPid, { message: "Machine is `DOWN`" });
  await settled();
  expect(f.takeCalls()).toEqual(["TERMINATING m", "shutdown ordered: Machine is `DOWN`"]);
  await f.timers.advance(600_000);
  expect(f.libprocess.takeSent()).toEqual([registration]);
});

test("a detector that cannot go on is the end", () => {
  const f = new SessionFixture();
  f.session.start();
  f.failDetection("authentication failed at zk://a,b/mesos");
  expect(f.takeCalls().slice(-2)).toEqual(["TERMINATING -", "shutdown fatal: authentication failed at zk://a,b/mesos"]);
});

test("terminating: pings are answered, frameworks may be shut down, nothing new is taken", async () => {
  const f = new SessionFixture();
  await f.run();
  f.session.terminate();
  expect(f.takeCalls()).toEqual(["TERMINATING m"]);
  f.ping(false);
  f.libprocess.deliver(RunTaskMessage, masterPid, { framework: { user: "", name: "" }, task: task() });
  f.libprocess.deliver(ShutdownFrameworkMessage, masterPid, { frameworkId });
  f.libprocess.deliver(SlaveRegisteredMessage, masterPid, { slaveId: { value: "s1" } });
  await settled();
  expect(f.takeCalls()).toEqual(["ShutdownFrameworkMessage"]);
  expect(f.timers.pending).toBe(0);
  f.libprocess.takeSent();
  f.session.unregister();
  expect(f.libprocess.only(UnregisterSlaveMessage)).toEqual({ slaveId: { value: "s1" } });
});

test("a registration that would crash the master is not sent", async () => {
  const f = new SessionFixture({ agentId: "s1" });
  const twice = { ...task(), frameworkId, state: "TASK_RUNNING" as const };
  f.reregistration = () => ({ slave: { hostname: "h", id: { value: "s1" } }, tasks: [twice, twice] });
  f.session.start();
  f.detect();
  await f.timers.advance(1000);
  expect(f.libprocess.takeSent()).toEqual([]);
  expect(f.takeCalls()).toContain("shutdown fatal: no re-registration: task t is listed twice");
});

test("a body that cannot be read is dropped, and written of once", async () => {
  const f = new SessionFixture();
  await f.run();
  for (let i = 0; i < 3; i += 1) {
    f.libprocess.receive({ from: observerPid, to: "slave(1)", name: PingSlaveMessage.$type, body: new Uint8Array() });
    f.libprocess.receive({ from: masterPid, to: "slave(1)", name: ShutdownMessage.$type, body: Uint8Array.of(255) });
    f.libprocess.receive({ from: masterPid, to: "slave(1)", name: RegisterSlaveMessage.$type, body: new Uint8Array() });
  }
  await settled();
  expect(f.libprocess.takeSent()).toEqual([]);
  expect(f.takeCalls()).toEqual([]);
  expect(f.warnings.map((each) => each.fields?.["name"])).toEqual([PingSlaveMessage.$type, ShutdownMessage.$type]);
});

test("close ends timers, links and processes", async () => {
  const f = new SessionFixture();
  await f.run();
  await f.session.close();
  expect([f.timers.pending, f.libprocess.links.length, f.libprocess.listeners]).toEqual([0, 0, 0]);
  f.detect();
  expect(f.calls).toEqual([]);
});

function task() {
  return { name: "t", taskId: { value: "t" }, slaveId: { value: "s1" } };
}
