import type { ParsedAgentFlags } from "@berth/agent-flags";
import { createLocalMaster } from "@berth/local-master";
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
  const settings = await readSettings(parsed, io, watch.begun);
  const { workDirectory } = settings.agent;
  await using stack = new AsyncDisposableStack();
  const lock = await lockWorkDir(workDirectory, io.pid);
  stack.defer(() => lock.release());
  warnAtStart(log, flags, await hostileAgents());
  let master = flags.master;
  if (master === undefined) {
    const local = createLocalMaster(
      { log: log.child({ component: "local-master" }) },
      { port: flags.masterPort, now: io.now, agentCredentials: flags.credential && [flags.credential] },
    );
    await local.start();
    stack.defer(() => local.close());
    master = `${local.address.host}:${local.address.port}`;
  }
  const agent = await openAgent(
    {
      docker: composeDocker(settings.docker),
      detector: detectMaster(master, { zkSessionTimeoutMs: flags.zkSessionTimeoutMs, log }),
      log,
      logLevel: log,
      now: io.now,
      onShutdown: ({ kind, message }) => watch.end({ kind, why: message }),
    },
    settings.agent,
  );
  const shown = flags.master === undefined ? master : parsed.given["master"];
  io.stderr.write(`berth-agent: agent ${agent.pid}, master ${shown}, work dir ${workDirectory}\n`);
  return await live(agent, world);
}

async function live(agent: AgentSystem, { log, watch, io }: World): Promise<number> {
  agent.start({ signal: watch.begun }).catch((error: unknown) => {
    // An agent that is already ending has told why.
    watch.end({ kind: "fatal", why: explainError(error) });
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
