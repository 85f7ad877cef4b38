import { createLibprocess, type Libprocess, type LibprocessMessage } from "@berth/libprocess";
import { silentLog } from "@berth/log";
import { createMasterDetector } from "@berth/master-detector";
import { encodeMessage, type MessageCodec } from "@berth/proto";
import { PingSlaveMessage, SlaveRegisteredMessage, SlaveReregisteredMessage } from "@berth/proto/internal/messages";
import { expect, onTestFinished, test } from "vitest";
import { createMasterSession, type MasterSession } from "../src/index.ts";
import { shortName } from "./fake-network.ts";

/** Says what a master says to agents, over a real connection that it keeps, and takes nothing in between as given. */
class ScriptedMaster {
  readonly libprocess: Libprocess;
  readonly heard: string[] = [];

  constructor(port: number) {
    this.libprocess = createLibprocess({ log: silentLog, now: Date.now }, { ip: "127.0.0.1", port });
    this.libprocess.spawn("master", (message) => this.#onMessage(message));
    this.libprocess.spawn("slave-observer(1)", (message) => this.heard.push(shortName(message.name)));
  }

  #onMessage(message: LibprocessMessage): void {
    this.heard.push(shortName(message.name));
    const send = <T extends object>(from: string, codec: MessageCodec<T>, body: NoInfer<T>) =>
      this.libprocess.send(from, message.from, codec.$type, encodeMessage(codec, body));
    const known = shortName(message.name) === "ReregisterSlaveMessage";
    if (!known && shortName(message.name) !== "RegisterSlaveMessage") return;
    this.libprocess.link(message.from, () => {});
    send("slave-observer(1)", PingSlaveMessage, { connected: true });
    send("master", known ? SlaveReregisteredMessage : SlaveRegisteredMessage, { slaveId: { value: "s1" } });
  }
}

async function startMaster(port = 0): Promise<ScriptedMaster> {
  const master = new ScriptedMaster(port);
  onTestFinished(() => master.libprocess.close());
  await master.libprocess.listen();
  return master;
}

async function startSession(masterPort: number): Promise<MasterSession> {
  const libprocess = createLibprocess({ log: silentLog, now: Date.now }, { ip: "127.0.0.1", port: 0 });
  await libprocess.listen();
  const notFound = () => Promise.reject(new Error("not there"));
  const detector = createMasterDetector(
    { log: silentLog, resolve: notFound, readFile: notFound },
    { master: `127.0.0.1:${masterPort}` },
  );
  let agentId: string | undefined;
  const slave = { hostname: "h" };
  const session = createMasterSession(
    {
      libprocess,
      detector,
      log: silentLog,
      random: () => 0.5,
      source: {
        agentId: () => agentId,
        registration: () => ({ slave, version: "1.11.0" }),
        reregistration: () => ({ slave: { ...slave, id: { value: agentId ?? "" } } }),
      },
      listener: {
        onRegistered: (id) => {
          agentId = id;
        },
        onReregistered() {},
        onStateChanged() {},
        onMessage() {},
        onShutdown() {},
      },
    },
    { registrationBackoffFactorMs: 100 },
  );
  onTestFinished(async () => {
    await session.close();
    await detector.close();
    await libprocess.close();
  });
  session.start();
  return session;
}

test("registers, answers pings, and unregisters over a real wire", async () => {
  const master = await startMaster();
  const session = await startSession(master.libprocess.bound.port);
  await expect.poll(() => session.state).toBe("RUNNING");
  // On a busy machine it may have asked twice.
  await expect.poll(() => [...new Set(master.heard)].sort()).toEqual(["PongSlaveMessage", "RegisterSlaveMessage"]);
  session.unregister();
  await expect.poll(() => master.heard).toContain("UnregisterSlaveMessage");
});

test("a master that was killed and started again has its agent back long before the ping time-out", async () => {
  const first = await startMaster();
  const { port } = first.libprocess.bound;
  const session = await startSession(port);
  await expect.poll(() => session.state).toBe("RUNNING");
  await first.libprocess.close();
  await expect.poll(() => session.state).toBe("DISCONNECTED");
  const second = await startMaster(port);
  await expect.poll(() => session.state).toBe("RUNNING");
  expect(second.heard[0]).toBe("ReregisterSlaveMessage");
});
