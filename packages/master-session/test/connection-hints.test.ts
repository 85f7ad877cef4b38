import { expect, test } from "vitest";
import { masterPid, observerPid, SessionFixture } from "./session-fixture.ts";

test.each([
  ["our link to the master", (f: SessionFixture) => f.libprocess.exit(masterPid)],
  ["the master's connection", (f: SessionFixture) => f.libprocess.losePeer(observerPid, masterPid)],
])("the end of %s makes us register again, until the restarted master answers", async (_what, cut) => {
  const f = new SessionFixture();
  await f.run();
  cut(f);
  expect(f.takeCalls()).toEqual(["redetect", "DISCONNECTED m"]);
  await f.timers.advance(3000);
  expect(f.libprocess.takeSent()).toHaveLength(2);
  await f.answerRegistration();
  expect(f.takeCalls()).toEqual(["reregistered s1", "RUNNING m"]);
});

test("other connections mean nothing", async () => {
  const f = new SessionFixture();
  await f.run();
  f.libprocess.losePeer({ id: "executor(1)", host: "127.0.0.1", port: 40_000 });
  expect(f.takeCalls()).toEqual([]);
});

test("a peer that closes its connections all the time costs less and less", async () => {
  const f = new SessionFixture();
  await f.run();
  let hints = 0;
  for (let second = 0; second < 3600; second += 1) {
    f.libprocess.losePeer(masterPid);
    if (f.takeCalls().includes("redetect")) {
      hints += 1;
      await f.answerRegistration();
    } else {
      await f.timers.advance(1000);
    }
    f.ping();
  }
  // The pauses are 10, 20, 40, 80, 160, 320 s, and then 600 s each.
  expect(hints).toBe(11);
});

test("after a true alarm the next hint is taken within ten seconds", async () => {
  const f = new SessionFixture();
  await f.run();
  for (let restart = 0; restart < 5; restart += 1) {
    f.libprocess.losePeer(masterPid);
    expect(f.takeCalls()).toEqual(["redetect", "DISCONNECTED m"]);
    await f.timers.advance(5000);
    await f.answerRegistration();
    expect(f.takeCalls()).toEqual(["reregistered s1", "RUNNING m"]);
    await f.timers.advance(10_000);
    f.ping();
  }
});

test("both ends of a lost master count once", async () => {
  const f = new SessionFixture();
  await f.run();
  f.libprocess.exit(masterPid);
  f.libprocess.losePeer(masterPid);
  await f.answerRegistration();
  f.libprocess.losePeer(masterPid);
  expect(f.takeCalls()).toEqual(["redetect", "DISCONNECTED m", "reregistered s1", "RUNNING m"]);
});
