import { findEngine, hasZooKeeper, startZooKeeper } from "@berth/testkit";
import { expect, onTestFinished, test } from "vitest";
import { agentWorld, dockerTask, testImage } from "../e2e/agent-world.ts";
import { tasksOfAgent } from "./agent-state.ts";
import { Candidates } from "./candidates.ts";
import { EngineWatch, finisher } from "./engine-watch.ts";
import { MasterProcess } from "./master-process.ts";
import { ownAddress } from "./own-address.ts";
import { SteadyFramework } from "./steady-framework.ts";
import { tellOnFailure } from "./tell-on-failure.ts";

const engine = await findEngine();

test.skipIf(engine === undefined || !hasZooKeeper())(
  "another leader, and a ZooKeeper that is gone for long: the agent keeps its tasks and its id",
  async () => {
    const socketPath = engine?.socketPath ?? "";
    const image = await testImage(socketPath);
    const watch = await EngineWatch.begin(socketPath);
    const zooKeeper = await startZooKeeper();
    onTestFinished(() => zooKeeper.stop());
    const candidates = await Candidates.connect(zooKeeper.address, "/mesos");
    const [first, second] = [await MasterProcess.start(), await MasterProcess.start()];
    const firstNode = await candidates.contend(first);
    await candidates.contend(second);
    const world = await agentWorld(socketPath);
    const agent = await world.agent([
      `--master=zk://${zooKeeper.address}/mesos`,
      "--zk_session_timeout=3secs",
      `--ip=${ownAddress()}`,
      "--hostname=elector",
    ]);
    tellOnFailure("agent", agent.log);
    await agent.shows(`state=RUNNING master=master@${first.address}`);
    let leader = first;
    const framework = await SteadyFramework.subscribe(() => leader.address, { checkpoint: true });
    const { frameworkId } = framework;
    for (const id of ["ends", "lasts", "stays"]) await framework.launch(dockerTask(image, id, finisher));
    for (const id of ["ends", "lasts", "stays"]) await framework.saw(id, "TASK_RUNNING");
    const { agent_id } = await framework.saw("stays", "TASK_RUNNING");

    // A leader that loses its node ends itself. One task finishes while nobody leads for the framework.
    leader = second;
    await candidates.withdraw(firstNode);
    await first.kill();
    await watch.signal(frameworkId, "ends", "TERM");
    await agent.shows(`state=RUNNING master=master@${second.address}`);
    await framework.saw("ends", "TASK_FINISHED");
    expect(await agentsOf(second)).toEqual([agent_id?.value]);
    await expect.poll(() => tasksOfAgent(agent.agent)).toEqual(["lasts", "stays"]);

    // Longer than its session: nobody can say who leads, and tasks run on.
    await zooKeeper.kill();
    await agent.shows(/state=DISCONNECTED\n/);
    await expect
      .poll(() =>
        agent
          .log()
          .trimEnd()
          .split("\n")
          .findLast((line) => line.includes("state=")),
      )
      .toMatch(/state=DISCONNECTED$/);
    await watch.signal(frameworkId, "lasts", "TERM");
    await expect.poll(() => watch.running(frameworkId)).toEqual(["stays"]);
    const registrations = agent.log().split("state=RUNNING").length - 1;
    await zooKeeper.restart();
    await agent.shows(new RegExp(`(?:state=RUNNING[^]*){${registrations + 1}}`));
    await framework.saw("lasts", "TASK_FINISHED");
    expect(await agentsOf(second)).toEqual([agent_id?.value]);

    await framework.kill("stays");
    await framework.saw("stays", "TASK_KILLED");
    for (const id of ["ends", "lasts"]) {
      expect(framework.told(id)).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
    }
    await expect.poll(() => watch.running(frameworkId)).toEqual([]);
    expect([...watch.startsOf(frameworkId)].sort()).toEqual(["ends", "lasts", "stays"]);
    expect(framework.updates.filter(({ state }) => /LOST|GONE|DROPPED|UNREACHABLE|FAILED/.test(state))).toEqual([]);
  },
);

async function agentsOf(master: MasterProcess): Promise<readonly string[]> {
  const { slaves } = (await master.get("/slaves")) as { slaves: { id: string; active: boolean }[] };
  return slaves.filter(({ active }) => active).map(({ id }) => id);
}
