import type { LibprocessMessage, Pid } from "@berth/libprocess";
import { type LogFields, silentLog } from "@berth/log";
import type { DetectedMaster, MasterDetectorListener } from "@berth/master-detector";
import type { RegisterSlaveMessage, ReregisterSlaveMessage } from "@berth/proto/internal/messages";
import { PingSlaveMessage, SlaveRegisteredMessage, SlaveReregisteredMessage } from "@berth/proto/internal/messages";
import { createMasterSession, type MasterSessionOptions, type SessionListener } from "../src/index.ts";
import { FakeLibprocess, shortName } from "./fake-network.ts";
import { FakeTimers, settled } from "./fake-timers.ts";

export const masterPid: Pid = { id: "master", host: "127.0.0.1", port: 5050 };
export const observerPid: Pid = { id: "slave-observer(1)", host: "127.0.0.1", port: 5050 };
export const otherPid: Pid = { id: "master", host: "127.0.0.2", port: 5050 };

export interface FixtureOptions extends MasterSessionOptions {
  /** From 0 to 1; default 1, so that every wait is as long as it may be. */
  readonly random?: (() => number) | undefined;
  readonly agentId?: string | undefined;
  /** What `onRegistered` and `onReregistered` wait for. */
  readonly storing?: (() => Promise<void>) | undefined;
  /** Whether the detector answers `redetect` with what it knows. */
  readonly redetects?: boolean | undefined;
}

/** A session with everything around it in the test's hand. */
export class SessionFixture {
  readonly libprocess = new FakeLibprocess();
  readonly timers = new FakeTimers();
  /** In words, in order: what the listener and the detector were told. */
  readonly calls: string[] = [];
  readonly messages: LibprocessMessage[] = [];
  readonly warnings: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
  readonly slave = { hostname: "h" };
  agentId: string | undefined;
  registration: () => RegisterSlaveMessage = () => ({ slave: this.slave, version: "1.11.0" });
  reregistration: () => ReregisterSlaveMessage = () => ({
    slave: { ...this.slave, id: { value: this.agentId ?? "" } },
  });
  readonly #options: FixtureOptions;
  #detector: MasterDetectorListener | undefined;
  #detected: DetectedMaster | undefined;
  readonly session;

  constructor(options: FixtureOptions = {}) {
    const { random = () => 1, agentId, storing: _storing, redetects: _redetects, ...sessionOptions } = options;
    this.#options = options;
    this.agentId = agentId;
    this.session = createMasterSession(
      {
        libprocess: this.libprocess,
        detector: {
          start: (listener) => {
            this.calls.push("detect");
            this.#detector = listener;
          },
          redetect: () => {
            this.calls.push("redetect");
            if (this.#options.redetects !== false) this.detect(this.#detected);
          },
        },
        source: {
          agentId: () => this.agentId,
          registration: () => this.registration(),
          reregistration: () => this.reregistration(),
        },
        listener: this.#listener(),
        log: { ...silentLog, child: () => this.#log() },
        random,
        timers: this.timers,
      },
      sessionOptions,
    );
  }

  detect(master: DetectedMaster | undefined = { pid: masterPid, hostname: "m" }): void {
    this.#detected = master;
    this.#detector?.onDetected(master);
  }

  loseLeader(): void {
    this.#detected = undefined;
    this.#detector?.onDetected(undefined);
  }

  failDetection(message: string): void {
    this.#detector?.onFatal(new Error(message));
  }

  /** Recovered, detected, and RUNNING. */
  async run(): Promise<void> {
    this.session.start();
    this.detect();
    await this.answerRegistration();
    this.calls.length = 0;
    this.libprocess.takeSent();
  }

  /** Waits for the registration and answers it. */
  async answerRegistration(from = masterPid): Promise<void> {
    await this.timers.advance(1000);
    if (this.agentId === undefined) {
      this.libprocess.deliver(SlaveRegisteredMessage, from, { slaveId: { value: "s1" } });
    } else {
      this.libprocess.deliver(SlaveReregisteredMessage, from, { slaveId: { value: this.agentId } });
    }
    await settled();
  }

  ping(connected = true, from = observerPid): void {
    this.libprocess.deliver(PingSlaveMessage, from, { connected });
  }

  takeCalls(): readonly string[] {
    return this.calls.splice(0);
  }

  #log() {
    return {
      ...silentLog,
      warn: (message: string, fields?: LogFields) => {
        this.warnings.push({ message, fields });
      },
    };
  }

  #listener(): SessionListener {
    return {
      onRegistered: async (agentId) => {
        this.calls.push(`registered ${agentId}`);
        await this.#options.storing?.();
        this.agentId = agentId;
      },
      onReregistered: async (message) => {
        this.calls.push(`reregistered ${message.slaveId?.value}`);
        await this.#options.storing?.();
      },
      onStateChanged: (state, master) => this.calls.push(`${state} ${master?.hostname ?? "-"}`),
      onMessage: (message) => {
        this.messages.push(message);
        this.calls.push(shortName(message.name));
      },
      onShutdown: ({ kind, message }) => this.calls.push(`shutdown ${kind}: ${message}`),
    };
  }
}
