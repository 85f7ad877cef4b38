import { describe, expect, it } from "vitest";
import { offer, runnerWorld, status, task } from "./world.ts";

const accepted = { operations: [{ type: "LAUNCH" }] };

describe("finding an agent", () => {
  it("takes the offer that holds the task and gives the others back", async () => {
    const { master, run, runner } = await runnerWorld();
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("small", 0.05), offer("fits"), offer("spare")] } });
    const accept = await master.called("ACCEPT");
    expect(accept).toMatchObject({ accept: { ...accepted, offerIds: [{ value: "fits" }] } });
    expect((await master.called("DECLINE")).decline?.offerIds).toEqual([{ value: "small" }, { value: "spare" }]);
    expect(await master.called("SUPPRESS")).toBeDefined();
    master.update(status("TASK_FINISHED", 1, { message: "Container exited with status 0" }));
    await running.ended;
    await runner.close();
  });

  it("says once why nothing fits, and goes on waiting", async () => {
    const { master, run, runner, notices } = await runnerWorld({ times: { noticeMs: 20 } });
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("small", 0.05)] } });
    expect((await master.called("DECLINE")).decline?.filters).toEqual({ refuseSeconds: 5 });
    await expect
      .poll(() => notices)
      .toEqual(["waiting for an offer of cpus:0.1; ports:[8080-8080]: host lacks cpus:0.05"]);
    master.send({ type: "OFFERS", offers: { offers: [offer("fits")] } });
    await master.called("ACCEPT");
    master.update(status("TASK_FINISHED", 1));
    await running.ended;
    await runner.close();
    expect(notices.length).toBe(1);
  });

  it("subscribes for the role that the task's reservations name", async () => {
    const { master, run } = await runnerWorld();
    const reserved = (role: string) => ({ ...task.resources?.[0], reservations: [{ type: "STATIC" as const, role }] });
    await run({ ...task, resources: [reserved("eng")] });
    expect(master.calls[0]?.subscribe?.frameworkInfo?.roles).toEqual(["eng"]);
    await expect(run({ ...task, resources: [reserved("eng"), reserved("ops")] })).rejects.toMatchObject({
      code: "invalid-task",
    });
  });

  it("tries another offer when one was gone before our answer", async () => {
    const { master, run, runner, states } = await runnerWorld();
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("gone")] } });
    await master.called("ACCEPT");
    master.update(status("TASK_DROPPED", undefined, { reason: "REASON_INVALID_OFFERS", containerStatus: undefined }));
    await master.called("REVIVE");
    master.send({ type: "OFFERS", offers: { offers: [offer("there")] } });
    await master.called("ACCEPT", 2);
    master.update(status("TASK_FINISHED", 1));
    await running.ended;
    await runner.close();
    expect(states()).toEqual(["TASK_FINISHED"]);
  });
});

describe("what the master says", () => {
  it("acknowledges every status and tells none twice", async () => {
    const { master, run, runner, states } = await runnerWorld();
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    for (const each of [status("TASK_STARTING", 1), status("TASK_STARTING", 1), status("TASK_RUNNING", 2)]) {
      master.update(each);
    }
    master.update(status("TASK_FAILED", 3, { message: "Container exited with status 7" }));
    const end = await running.ended;
    master.update(status("TASK_FAILED", 3, { message: "Container exited with status 7" }));
    await master.called("ACKNOWLEDGE", 5);
    await runner.close();
    expect(states()).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FAILED"]);
    expect(end).toMatchObject({ exitCode: 7 });
    expect(await running.placed).toMatchObject({ containerId: "container", agentId: "agent" });
  });

  it("passes the agent's progress on, and no other message", async () => {
    const { master, run, runner, progress } = await runnerWorld();
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    const message = (text: string) =>
      master.send({
        type: "MESSAGE",
        message: { agentId: { value: "agent" }, executorId: { value: "t" }, data: Buffer.from(text) },
      });
    const detail = { kind: "bytes", uri: "http://h/f", receivedBytes: 1, totalBytes: 2 };
    const sent = (fields: object) =>
      JSON.stringify({ berth_progress: { task_id: "t", phase: "fetching", detail, ...fields } });
    for (const text of [
      "hello",
      "{}",
      sent({ task_id: "other" }),
      sent({ phase: "?" }),
      sent({ detail: 1 }),
      sent({}),
    ]) {
      message(text);
    }
    master.update(status("TASK_FINISHED", 1));
    await running.ended;
    expect(progress).toEqual([{ phase: "fetching", detail }]);
    await runner.close();
  });

  it("an ERROR ends the task for us, and nobody subscribes again", async () => {
    const { master, run, runner } = await runnerWorld();
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    master.send({ type: "ERROR", error: { message: "Framework failed over" } });
    expect((await running.ended).status).toMatchObject({
      state: "TASK_LOST",
      message: "The master ended the framework: Framework failed over",
    });
    master.cut();
    await runner.close();
    expect(master.of("SUBSCRIBE").length).toBe(1);
  });

  it("a launch that the master refuses is a task that cannot be", async () => {
    const { master, run, runner } = await runnerWorld();
    master.acceptStatus = 400;
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    expect((await running.ended).status).toMatchObject({
      state: "TASK_ERROR",
      message: expect.stringContaining("400"),
    });
    expect(await running.placed).toBeUndefined();
    await runner.close();
  });
});

describe("kill", () => {
  it("gives a task up that has no agent yet", async () => {
    const { master, run, runner, states } = await runnerWorld();
    const running = await run();
    running.kill();
    expect((await running.ended).status.state).toBe("TASK_KILLED");
    master.send({ type: "OFFERS", offers: { offers: [offer("late")] } });
    await master.called("DECLINE");
    await runner.close();
    expect(states()).toEqual(["TASK_KILLED"]);
    expect(master.of("ACCEPT")).toEqual([]);
  });

  it("takes the task's own policy, another one, or none", async () => {
    const { master, run, runner } = await runnerWorld();
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    running.kill();
    running.kill({ killPolicy: { gracePeriod: { nanoseconds: 5n } } });
    running.kill({ force: true });
    await master.called("KILL", 3);
    const common = { taskId: { value: "t" }, agentId: { value: "agent" } };
    expect(master.of("KILL").map(({ kill }) => kill)).toEqual([
      common,
      { ...common, killPolicy: { gracePeriod: { nanoseconds: 5n } } },
      { ...common, killPolicy: { gracePeriod: { nanoseconds: 0n } } },
    ]);
    master.update(status("TASK_KILLED", 1, { message: "Container exited with status 137" }));
    expect(await running.ended).toMatchObject({ exitCode: 137, killSignal: "SIGKILL" });
    await runner.close();
  });

  it("close kills at once what runs, waits for it, and tears the framework down", async () => {
    const { master, run, runner } = await runnerWorld();
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    const closed = runner.close();
    expect((await master.called("KILL")).kill?.killPolicy).toEqual({ gracePeriod: { nanoseconds: 0n } });
    expect(master.of("TEARDOWN")).toEqual([]);
    master.update(status("TASK_KILLED", 1));
    await closed;
    await running.ended;
    expect(master.calls.at(-1)?.type).toBe("TEARDOWN");
    await expect(run()).rejects.toMatchObject({ code: "closed" });
  });

  it("close does not wait for ever", async () => {
    const { master, run, runner } = await runnerWorld({ times: { closeMs: 20 } });
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    await runner.close();
    expect((await running.ended).status.state).toBe("TASK_LOST");
    expect(master.calls.at(-1)?.type).toBe("TEARDOWN");
  });
});

describe("a master that goes away", () => {
  it("is subscribed to again with the same id; the task is asked for and the kill said again", async () => {
    const { master, run, runner, states, notices } = await runnerWorld();
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    master.update(status("TASK_RUNNING", 1));
    await master.called("ACKNOWLEDGE");
    running.kill();
    await master.called("KILL");
    master.refusals.push({ status: 503, text: "no leader" });
    master.cut();
    const again = await master.called("SUBSCRIBE", 3);
    expect(again).toMatchObject({
      frameworkId: { value: "framework" },
      subscribe: { frameworkInfo: { id: { value: "framework" } } },
    });
    expect((await master.called("RECONCILE")).reconcile).toEqual({
      tasks: [{ taskId: { value: "t" }, agentId: { value: "agent" } }],
    });
    await master.called("KILL", 2);
    master.update(status("TASK_RUNNING", undefined, { reason: "REASON_RECONCILIATION" }));
    master.update(status("TASK_KILLED", 2));
    await running.ended;
    await runner.close();
    expect(states()).toEqual(["TASK_RUNNING", "TASK_KILLED"]);
    expect(notices).toEqual([expect.stringMatching(/^lost the master/), "the master is back"]);
  });

  it("that has forgotten the framework ends the task for us", async () => {
    const { master, run, runner } = await runnerWorld();
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    master.refusals.push({ status: 403, text: "Framework has been removed" });
    master.cut();
    expect((await running.ended).status).toMatchObject({
      state: "TASK_LOST",
      message: expect.stringContaining("Framework has been removed"),
    });
    await runner.close();
  });

  it("waits for an election before there is a task, and gives up when there is nobody", async () => {
    const { master, run, runner } = await runnerWorld({ backOff: { firstMs: 1, longestMs: 1, firstAttempts: 2 } });
    master.refusals.push({ status: 503, text: "no leader" }, { status: 503, text: "no leader" });
    const running = await run();
    running.kill();
    await running.ended;
    for (let count = 0; count < 3; count++) master.refusals.push({ status: 503, text: "no leader" });
    await expect(run()).rejects.toMatchObject({ code: "master-unavailable" });
    master.refusals.push({ status: 401, text: "who are you" });
    await expect(run()).rejects.toMatchObject({ code: "refused" });
    await runner.close();
  });

  it("knows of an end before the agent tells it: its own last status is waited for", async () => {
    const { master, run, runner, states } = await runnerWorld();
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    master.update(status("TASK_FAILED", undefined, { reason: "REASON_RECONCILIATION" }));
    master.update(status("TASK_FAILED", 1, { message: "Container exited with status 9" }));
    expect(await running.ended).toMatchObject({ exitCode: 9 });
    expect(states()).toEqual(["TASK_FAILED"]);
    await runner.close();
  });
});

describe("a detached task", () => {
  it("is left alone", async () => {
    const { master, run, runner } = await runnerWorld({ failoverTimeoutSeconds: 3600 });
    const running = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    master.update(status("TASK_STARTING", 1));
    master.update(status("TASK_RUNNING", 2));
    expect(await running.running).toBe(true);
    await running.detach();
    await runner.close();
    expect(master.of("ACKNOWLEDGE").length).toBe(2);
    expect(master.of("TEARDOWN").length + master.of("KILL").length).toBe(0);
    expect(master.calls[0]?.subscribe?.frameworkInfo).toMatchObject({ failoverTimeout: 3600, checkpoint: true });
  });

  it("runs when the master has answered the acknowledgement of that, and of what came before", async () => {
    const { master, run, runner } = await runnerWorld();
    const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    const task = await run();
    let runs = false;
    const seen = task.running.then((known) => (runs = known));
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    master.acknowledging = answers[0].promise;
    master.update(status("TASK_STARTING", 1));
    await master.called("ACKNOWLEDGE");
    master.acknowledging = answers[1].promise;
    answers[0].resolve();
    await task.placed;
    master.update(status("TASK_RUNNING", 2));
    await master.called("ACKNOWLEDGE", 2);
    expect(runs).toBe(false);
    answers[1].resolve();
    expect(await seen).toBe(true);
    await task.detach();
    await runner.close();
  });

  it("does not run yet when the acknowledgement was lost: it is said again when the agent repeats", async () => {
    const { master, run, runner, states } = await runnerWorld();
    const task = await run();
    let runs = false;
    const seen = task.running.then((known) => (runs = known));
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    master.acknowledging = new Promise(() => undefined);
    master.update(status("TASK_RUNNING", 1));
    await master.called("ACKNOWLEDGE");
    master.cutAll();
    await master.called("SUBSCRIBE", 2);
    await master.called("RECONCILE");
    expect(runs).toBe(false);
    master.acknowledging = Promise.resolve();
    master.update(status("TASK_RUNNING", 1));
    expect(await seen).toBe(true);
    await task.detach();
    await runner.close();
    expect(states()).toEqual(["TASK_RUNNING"]);
  });

  it("has not run when it ended before, or was left", async () => {
    const { master, run, runner } = await runnerWorld();
    const task = await run();
    master.send({ type: "OFFERS", offers: { offers: [offer("o")] } });
    await master.called("ACCEPT");
    master.update(status("TASK_FAILED", 1));
    expect(await task.running).toBe(false);
    await task.detach();
    const left = await run();
    await left.detach();
    expect(await left.running).toBe(false);
    await runner.close();
  });
});

it("takes a detached task back, to kill it", async () => {
  const { master, runner } = await runnerWorld();
  const seen: unknown[] = [];
  const resumed = await runner.resume(
    { id: "framework", user: "ann", roles: ["eng"], failoverTimeoutSeconds: 3600 },
    { taskId: "t", agentId: "agent", onStatus: ({ state }) => seen.push(state) },
  );
  expect(master.calls[0]).toMatchObject({
    frameworkId: { value: "framework" },
    subscribe: { frameworkInfo: { id: { value: "framework" }, user: "ann", roles: ["eng"], failoverTimeout: 3600 } },
  });
  await master.called("RECONCILE");
  resumed.kill();
  expect((await master.called("KILL")).kill).toEqual({ taskId: { value: "t" }, agentId: { value: "agent" } });
  master.update(status("TASK_RUNNING", undefined, { reason: "REASON_RECONCILIATION" }));
  master.update(status("TASK_KILLED", 1));
  await resumed.ended;
  await runner.close();
  expect(seen).toEqual(["TASK_RUNNING", "TASK_KILLED"]);
  expect(master.calls.at(-1)?.type).toBe("TEARDOWN");
});
