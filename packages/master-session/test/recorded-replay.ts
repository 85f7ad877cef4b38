import { formatPid, type LibprocessMessage, parsePid, type Pid } from "@berth/libprocess";
import { decodeMessage } from "@berth/proto";
import { AuthenticateMessage } from "@berth/proto/internal/authentication";
import {
  ReconnectExecutorMessage,
  RegisterSlaveMessage,
  ReregisterSlaveMessage,
  SlaveRegisteredMessage,
  UnregisterSlaveMessage,
} from "@berth/proto/internal/messages";
import { type RecordedMessage, recordedMessages, type RecordedScenario } from "@berth/testkit";
import { settled } from "./fake-timers.ts";
import { masterPid, SessionFixture } from "./session-fixture.ts";

/** A recorded message of libprocess; undefined for the HTTP APIs and for answers. */
export interface RecordedLibprocessMessage extends LibprocessMessage {
  readonly sentByAgent: boolean;
}

export function libprocessMessage(recorded: RecordedMessage): RecordedLibprocessMessage | undefined {
  const [, to, name] = /^POST \/([^/ ]+)\/(mesos\.internal\.\S+) /.exec(recorded.firstLine) ?? [];
  const header = recorded.headers.find(([each]) => each.toLowerCase() === "libprocess-from")?.[1];
  const from = header === undefined ? undefined : parsePid(header);
  if (to === undefined || name === undefined || from === undefined) return undefined;
  return { to, name, from, body: recorded.body, sentByAgent: from.port === 5051 };
}

/** What was sent, as one value to compare: who to whom, the name, every byte. */
export interface Sent {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly bytes: string;
}

const ours = /Register|Reregister|Unregister|Pong|Authenticat/;

/**
 * Plays the master's part of a scenario to a session and makes the session do what the recorded agent did. Returns what the recorded
 * agent sent of a session's kinds, and what ours sent.
 */
export async function replay(
  scenario: RecordedScenario,
): Promise<{ recorded: readonly Sent[]; sent: readonly Sent[] }> {
  const exchange = recordedMessages(scenario, "mesos.internal.").map((each) => libprocessMessage(each));
  const messages = exchange.filter((each) => each !== undefined);
  const credential = scenario === "s8" ? { principal: "ag", secret: "sekret" } : undefined;
  const agent = new RecordedAgent(messages, credential);
  const recorded: Sent[] = [];
  for (const message of messages) {
    if (!message.sentByAgent) {
      if (message.from.port !== masterPid.port) continue;
      agent.current.libprocess.receive(message);
      await settled();
      continue;
    }
    if (message.name === ReconnectExecutorMessage.$type) agent.restart();
    if (!ours.test(message.name) || message.to.startsWith("executor")) continue;
    // The recording has every process of the master at one address.
    const to = formatPid({ id: message.to, host: masterPid.host, port: masterPid.port });
    recorded.push(comparable(formatPid(message.from), to, message.name, message.body));
    await agent.reach(message.name);
  }
  return { recorded, sent: agent.sent };
}

/** The session under test, and another one after it where the recorded agent was started again. */
class RecordedAgent {
  readonly #messages: readonly RecordedLibprocessMessage[];
  readonly #credential: { principal: string; secret: string } | undefined;
  readonly #past: SessionFixture[] = [];
  current: SessionFixture;
  readonly #agentId: string | undefined;

  constructor(
    messages: readonly RecordedLibprocessMessage[],
    credential: { principal: string; secret: string } | undefined,
  ) {
    this.#messages = messages;
    this.#credential = credential;
    const registered = messages.find((each) => each.name === SlaveRegisteredMessage.$type);
    const answer = registered && decodeMessage(SlaveRegisteredMessage, registered.body);
    this.#agentId = answer?.ok === true ? answer.value.slaveId?.value : undefined;
    this.current = this.#boot(undefined);
  }

  get sent(): readonly Sent[] {
    return [...this.#past, this.current].flatMap((fixture) =>
      fixture.libprocess.sent.map((each) =>
        comparable(formatPid(pidOf(each.from)), formatPid(each.to), each.name, each.body),
      ),
    );
  }

  /** Brings the session where the recorded agent was when it sent this: time passes until it asks, or it is told to unregister. */
  async reach(name: string): Promise<void> {
    const { session, libprocess, timers } = this.current;
    if (name === UnregisterSlaveMessage.$type) session.unregister();
    const asked = [AuthenticateMessage.$type, RegisterSlaveMessage.$type, ReregisterSlaveMessage.$type];
    if (!asked.some((each) => each === name)) return;
    const already = libprocess.sent.length;
    if (session.state === "DISCONNECTED" && libprocess.sent.some((each) => each.name === name)) return;
    for (let i = 0; i < 1000 && !libprocess.sent.slice(already).some((each) => each.name === name); i += 1) {
      await timers.advance(100);
    }
  }

  restart(): void {
    this.#past.push(this.current);
    this.current = this.#boot(this.#agentId);
  }

  #boot(agentId: string | undefined): SessionFixture {
    const fixture = new SessionFixture({ agentId, credential: this.#credential, random: () => 0.999 });
    const registration = this.#first(RegisterSlaveMessage.$type);
    const decoded = registration && decodeMessage(RegisterSlaveMessage, registration.body);
    if (decoded?.ok === true) fixture.registration = () => decoded.value;
    const reregistration = this.#first(ReregisterSlaveMessage.$type);
    const again = reregistration && decodeMessage(ReregisterSlaveMessage, reregistration.body);
    if (again?.ok === true) fixture.reregistration = () => again.value;
    fixture.session.start();
    fixture.detect();
    return fixture;
  }

  #first(name: string): LibprocessMessage | undefined {
    return this.#messages.find((each) => each.name === name && each.sentByAgent);
  }
}

function pidOf(id: string): Pid {
  return { id, host: "127.0.0.1", port: 5051 };
}

function comparable(from: string, to: string, name: string, body: Uint8Array): Sent {
  return { from, to, name, bytes: Buffer.from(body).toString("hex") };
}
