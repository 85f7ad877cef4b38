import { hasZooKeeper, startZooKeeper, type TestZooKeeper } from "@berth/testkit";
import zookeeper from "node-zookeeper-client";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { MasterDetectorError } from "../src/index.ts";
import { Detections } from "./detections.ts";
import { masterInfo, ZooKeeperNodes } from "./zookeeper-nodes.ts";

const a = { ip: "10.0.0.1", port: 5050, hostname: "a.example" };
const b = { ip: "10.0.0.2", port: 5050, hostname: "b.example" };
const [toldA, toldB] = ["10.0.0.1:5050 a.example", "10.0.0.2:5050 b.example"];

describe.skipIf(!hasZooKeeper())("with a real ZooKeeper", () => {
  let server: TestZooKeeper;
  let paths = 0;

  beforeAll(async () => {
    server = await startZooKeeper();
  });
  afterAll(() => server.stop());

  /** A path of the test's own. */
  const newPath = () => `/berth-${(paths += 1)}/mesos`;

  const detect = (path: string, zkSessionTimeoutMs = 10_000, credentials = "") => {
    const detections = new Detections(`zk://${credentials}${server.address}${path}`, { zkSessionTimeoutMs });
    onTestFinished(() => detections[Symbol.asyncDispose]());
    return detections;
  };

  const nodes = (credentials?: string) => {
    const session = new ZooKeeperNodes(server.address, credentials);
    onTestFinished(() => session[Symbol.asyncDispose]());
    return session;
  };

  test("makes the path, waits for a leader, and follows its changes", async () => {
    const path = newPath();
    const detections = detect(path);
    await expect.poll(detections.take).toEqual(["none"]);
    const session = nodes();
    const first = await session.contend(path, a);
    await expect.poll(detections.take).toEqual([toldA]);
    const second = await session.contend(path, b);
    await session.create(`${path}/log_replicas`);
    await session.remove(first);
    await expect.poll(detections.take).toEqual([toldB]);
    await session.remove(second);
    await expect.poll(detections.take).toEqual(["none"]);
  });

  test("a master that dies is followed by the next one", async () => {
    const path = newPath();
    const detections = detect(path);
    await expect.poll(detections.take).toEqual(["none"]);
    const other = nodes();
    {
      await using dying = new ZooKeeperNodes(server.address);
      await dying.contend(path, a);
      await other.contend(path, b);
      await expect.poll(detections.take).toEqual([toldA]);
    }
    await expect.poll(detections.take).toEqual([toldB]);
  });

  test("redetect tells the same again", async () => {
    const path = newPath();
    const detections = detect(path);
    await expect.poll(detections.take).toEqual(["none"]);
    await nodes().contend(path, a);
    await expect.poll(detections.take).toEqual([toldA]);
    detections.detector.redetect();
    await expect.poll(detections.take).toEqual([toldA]);
  });

  test("a node that cannot be read is no leader, and is written of once", async () => {
    const path = newPath();
    const session = nodes();
    await session.create(path.slice(0, path.lastIndexOf("/")));
    await session.create(path);
    await session.create(`${path}/json.info_0000000001`, "{nonsense");
    await session.create(`${path}/json.info_0000000002`, masterInfo(a));
    const detections = detect(path);
    await expect.poll(detections.take).toEqual(["none"]);
    await session.remove(`${path}/json.info_0000000001`);
    await expect.poll(detections.take).toEqual([toldA]);
    await session.create(`${path}/strange_0000000000`, masterInfo(b));
    await expect.poll(detections.take).toEqual(["none"]);
    expect(detections.lines.filter((line) => line.startsWith("the leader's node cannot be read"))).toHaveLength(2);
  });

  test("the path may be deleted, and is made again", async () => {
    const path = newPath();
    const detections = detect(path);
    await expect.poll(detections.take).toEqual(["none"]);
    const session = nodes();
    const node = await session.contend(path, a);
    await expect.poll(detections.take).toEqual([toldA]);
    await session.remove(node);
    await expect.poll(detections.take).toEqual(["none"]);
    await session.removeTree(path);
    await expect.poll(() => session.children(path).catch(() => "not there")).toEqual([]);
    await session.contend(path, b);
    await expect.poll(detections.take).toEqual([toldB]);
  });

  test("with credentials the path is its maker's, and for all to read", async () => {
    const path = newPath();
    const detections = detect(path, 10_000, "agent:p@ss@");
    await expect.poll(detections.take).toEqual(["none"]);
    expect((await nodes().acls(path)).toSorted()).toEqual([
      `digest ${zookeeper.Permission.ALL}`,
      `world ${zookeeper.Permission.READ}`,
    ]);
    await nodes("agent:p@ss").contend(path, a);
    await expect.poll(detections.take).toEqual([toldA]);
    await expect(nodes("agent:wrong").contend(path, b)).rejects.toThrow(/NO_AUTH/);
  });

  test("a path that the credentials may not read is fatal, and no password is told", async () => {
    const path = newPath();
    const owner = nodes("owner:right");
    const acls = [new zookeeper.ACL(zookeeper.Permission.ALL, new zookeeper.Id("auth", ""))];
    await owner.create(path.slice(0, path.lastIndexOf("/")));
    await owner.create(path, "", { acls });
    await owner.create(`${path}/json.info_0000000001`, masterInfo(a), { acls });
    const wrong = detect(path, 10_000, "owner:wrong@");
    await expect.poll(() => wrong.fatal).toHaveLength(1);
    const [error] = wrong.fatal;
    expect(error).toBeInstanceOf(MasterDetectorError);
    expect(error).toMatchObject({ code: "not-authorized", target: `zk://${server.address}${path}` });
    expect(`${error?.message} ${String(error?.cause)} ${wrong.lines.join("\n")}`).not.toMatch(/wrong/);
    expect(wrong.told).toEqual([]);
    const right = detect(path, 10_000, "owner:right@");
    await expect.poll(right.take).toEqual([toldA]);
  });

  test("one dead server of an ensemble does no harm", async () => {
    const path = newPath();
    const detections = new Detections(`zk://127.0.0.1:1,${server.address},127.0.0.1:2${path}`);
    onTestFinished(() => detections[Symbol.asyncDispose]());
    await expect.poll(detections.take).toEqual(["none"]);
    await nodes().contend(path, a);
    await expect.poll(detections.take).toEqual([toldA]);
  });
});

describe.skipIf(!hasZooKeeper())("with a ZooKeeper that fails", () => {
  const persistent = async (address: string) => {
    await using session = new ZooKeeperNodes(address);
    await session.create("/mesos");
    await session.create("/mesos/json.info_0000000001", masterInfo(a));
  };

  test("a restart within the session time-out is not noticed; a longer one is a lost leader, and the same one again", async () => {
    await using server = await startZooKeeper();
    await persistent(server.address);
    await using patient = new Detections(`zk://${server.address}/mesos`, { zkSessionTimeoutMs: 60_000 });
    await using hasty = new Detections(`zk://${server.address}/mesos`, { zkSessionTimeoutMs: 1000 });
    await expect.poll(patient.take).toEqual([toldA]);
    await expect.poll(hasty.take).toEqual([toldA]);
    await server.kill();
    await expect.poll(hasty.take).toEqual(["none"]);
    await server.restart();
    await expect.poll(hasty.take).toEqual([toldA]);
    await expect.poll(() => patient.lines.filter((line) => line.startsWith("connected")).length).toBe(2);
    await using session = new ZooKeeperNodes(server.address);
    await session.create("/mesos/json.info_0000000000", masterInfo(b));
    await expect.poll(patient.take).toEqual([toldB]);
    await expect.poll(hasty.take).toEqual([toldB]);
  });

  test("a server that hangs is a lost leader after the session time-out, until it goes on", async () => {
    await using server = await startZooKeeper();
    await persistent(server.address);
    await using detections = new Detections(`zk://${server.address}/mesos`, { zkSessionTimeoutMs: 1000 });
    await expect.poll(detections.take).toEqual([toldA]);
    server.pause();
    await expect.poll(detections.take).toEqual(["none"]);
    server.resume();
    await expect.poll(detections.take).toEqual([toldA]);
  });

  test("another ensemble at the same address may have another master in a node of the same name", async () => {
    await using server = await startZooKeeper();
    await persistent(server.address);
    await using detections = new Detections(`zk://${server.address}/mesos`, { zkSessionTimeoutMs: 60_000 });
    await expect.poll(detections.take).toEqual([toldA]);
    await server.kill();
    await server.wipe();
    await server.restart();
    await using session = new ZooKeeperNodes(server.address);
    // The detector may have been faster.
    await session.create("/mesos").catch(() => undefined);
    await session.create("/mesos/json.info_0000000001", masterInfo(b));
    await expect.poll(detections.take).toEqual([toldB]);
  });

  test("close ends it in the midst of everything", async () => {
    await using server = await startZooKeeper();
    await persistent(server.address);
    const make = () => new Detections(`zk://${server.address}/mesos`, { zkSessionTimeoutMs: 1000 });
    await using running = make();
    await expect.poll(running.take).toEqual([toldA]);
    await make().detector.close();
    server.pause();
    const hanging = make();
    await expect.poll(hanging.take).toEqual(["none"]);
    await hanging.detector.close();
    await running.detector.close();
    expect(running.fatal).toEqual([]);
  });
});

test("an ensemble that cannot be reached: nobody can say, and it goes on trying", async () => {
  await using detections = new Detections("zk://127.0.0.1:1,127.0.0.1:2/mesos", { zkSessionTimeoutMs: 600 });
  await expect.poll(detections.take).toEqual(["none"]);
  expect(detections.fatal).toEqual([]);
  expect(detections.lines.some((line) => line.startsWith("nobody can say who leads"))).toBe(true);
});
