import type { AgentFlags, ParsedAgentFlags } from "@berth/agent-flags";
import { createLocalMaster, type LocalMaster, type LocalMasterOptions } from "@berth/local-master";
import type { AdjustableLog } from "@berth/log";
import type { AgentIo } from "./agent-io.ts";
import { type AgentSystem, openAgent } from "./agent-system.ts";
import { composeDocker } from "./compose-docker.ts";
import { detectMaster } from "./detect-master.ts";
import type { EndingWatch } from "./ending.ts";
import { explainError } from "./explain-error.ts";
import { hostileAgents } from "./machine/mesos-agents.ts";
import { lockWorkDir } from "./machine/work-dir-lock.ts";
import { readSettings } from "./read-settings.ts";
import { warnAtStart } from "./warnings.ts";

interface World {
  readonly io: AgentIo;
  readonly log: AdjustableLog;
  readonly watch: EndingWatch;
}

/** Starts everything in the order of the flow, waits for a reason to end, and stops in reverse. Resolves with the exit code. */
export async function serve(parsed: Extract<ParsedAgentFlags, { kind: "flags" }>, world: World): Promise<number> {
  const { flags } = parsed;
  const { io, log, watch } = world;
  const detect = (master: string) => detectMaster(master, { zkSessionTimeoutMs: flags.zkSessionTimeoutMs, log });
  const named = flags.master === undefined ? undefined : detect(flags.master);
  const settings = await readSettings(parsed, io, watch.begun);
  const { workDirectory } = settings.agent;
  await using stack = new AsyncDisposableStack();
  const lock = await lockWorkDir(workDirectory, io.pid);
  stack.defer(() => lock.release());
  warnAtStart(log, flags, settings.agent.listen, await hostileAgents());
  let local: string | undefined;
  if (named === undefined) {
    const master = await startLocalMaster(flags, settings.agent.listen.limits, world);
    stack.defer(() => master.close());
    local = `${master.address.host}:${master.address.port}`;
  }
  const agent = await openAgent(
    {
      docker: composeDocker(settings.docker),
      detector: named ?? detect(local ?? ""),
      log,
      logLevel: log,
      now: io.now,
      onShutdown: ({ kind, message }) => watch.end({ kind, why: message }),
    },
    settings.agent,
  );
  if (named !== undefined && flags.ip === undefined && agent.address.host.startsWith("127.")) {
    log.warn(
      "this machine's name is a loopback address, and no other machine reaches the agent there: set --ip or --advertise_ip",
      {
        pid: agent.pid,
      },
    );
  }
  const master = local ?? parsed.given["master"];
  io.stderr.write(`berth-agent: agent ${agent.pid}, master ${master}, work dir ${workDirectory}\n`);
  return await live(agent, world);
}

async function startLocalMaster(
  flags: AgentFlags,
  limits: LocalMasterOptions["limits"],
  { io, log }: World,
): Promise<LocalMaster> {
  const master = createLocalMaster(
    { log: log.child({ component: "local-master" }) },
    {
      port: flags.masterPort,
      limits,
      now: io.now,
      // An agent that proves itself is to find somebody who looks.
      agentCredentials: flags.credential && [flags.credential],
    },
  );
  await master.start();
  return master;
}

async function live(agent: AgentSystem, { log, watch, io }: World): Promise<number> {
  // Who ends all tasks ends those of an earlier life, too: only an end in a hurry keeps recovery from doing that.
  agent.start({ signal: watch.hurry }).catch((error: unknown) => {
    if (watch.hurry.aborted) return; // only the start that gives way
    if (watch.begun.aborted) log.warn("what an earlier life has left could not be taken up", { error });
    else watch.end({ kind: "fatal", why: explainError(error) });
  });
  const { kind, why } = await watch.first;
  log.info("the agent ends", { kind, why });
  switch (kind) {
    case "leave":
      await agent.leave();
      return 0;
    case "unregister":
    case "ordered":
      await agent.shutDown({ unregister: kind === "unregister", hurry: watch.hurry });
      return 0;
    case "fatal":
      await agent.leave();
      io.stderr.write(`berth-agent: ${why}\n`);
      return 1;
  }
}
