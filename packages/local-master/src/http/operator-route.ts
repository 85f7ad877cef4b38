import { type HttpAnswer, type Route, textAnswer } from "@berth/http-endpoints";
import { AgentInfo, ExecutorInfo, FrameworkInfo, MasterInfo, Task } from "@berth/proto/v1";
import { offeredResources, usedResources } from "../books/accounts.ts";
import type { Books } from "../books/books.ts";
import { masterInfo } from "../books/master-info.ts";
import { agentPid } from "../books/offers.ts";
import type { AgentRecord, FrameworkRecord, TaskRecord } from "../books/records.ts";
import { flagsModel } from "./flags-model.ts";
import { metricsModel } from "./metrics-model.ts";
import { messageModel, type Model, resourceModels } from "./models.ts";
import { changeAgent, type ChangeAgentDeps, type OperatorCall } from "./change-agent.ts";
import { type Build, versionModel } from "./state-model.ts";
import { LongList, modelAnswer } from "./write-model.ts";

export interface OperatorRouteDeps extends ChangeAgentDeps {
  readonly now: () => number;
  readonly build: Build | undefined;
}

/** `POST /api/v1`, in JSON: the calls that read, and those about draining. Others are answered with 501. */
export function operatorRoute(deps: OperatorRouteDeps): Route {
  return {
    path: "/api/v1",
    methods: ["POST"],
    handle: async (http) => {
      if (http.rest !== "") return textAnswer(404);
      const type = http.headers["content-type"];
      if (type === undefined) return textAnswer(400, "Expecting 'Content-Type' to be present");
      if (!/^application\/json\b/.test(type)) {
        return textAnswer(415, "The local master's operator API speaks application/json only");
      }
      const call = parse(await http.readBody());
      if (call === undefined) return textAnswer(400, "The body is no JSON object with a 'type'");
      return changeAgent(deps, call) ?? (await answer(deps, call.type));
    },
  };
}

function answer({ books, now, build }: OperatorRouteDeps, type: string): HttpAnswer | Promise<HttpAnswer> {
  const reader = readers.get(type);
  if (reader === undefined) return textAnswer(501, `The local master does not serve ${type}`);
  return modelAnswer({ type, [type.toLowerCase()]: reader(books(), now(), build) });
}

const readers = new Map<string, (books: Books, now: number, build: Build | undefined) => Model>(
  Object.entries({
    GET_HEALTH: () => ({ healthy: true }),
    GET_VERSION: (_books: Books, _now: number, build: Build | undefined) => ({ version_info: versionModel(build) }),
    GET_FLAGS: (books: Books) => ({
      flags: Object.entries(flagsModel(books)).map(([name, value]) => ({ name, value })),
    }),
    GET_METRICS: (books: Books, now: number) => ({
      metrics: Object.entries(metricsModel(books, now)).map(([name, value]) => ({ name, value })),
    }),
    GET_MASTER: (books: Books) => ({
      master_info: messageModel(MasterInfo, masterInfo(books)),
      start_time: books.startedAt / 1000,
      elected_time: books.startedAt / 1000,
    }),
    GET_AGENTS: agents,
    GET_FRAMEWORKS: frameworks,
    GET_TASKS: tasks,
    GET_EXECUTORS: executors,
    GET_STATE: (books: Books) => ({
      get_tasks: tasks(books),
      get_executors: executors(books),
      get_frameworks: frameworks(books),
      get_agents: agents(books),
    }),
  }),
);

function agents(books: Books): Model {
  return { agents: [...books.agents.values()].map(agentEntry), recovered_agents: [] };
}

function agentEntry(agent: AgentRecord): Model {
  return {
    agent_info: { ...(messageModel(AgentInfo, agent.info) as Model), checkpoint: agent.checkpoint },
    active: agent.connected,
    deactivated: agent.deactivated,
    version: agent.version,
    pid: agentPid(agent),
    registered_time: time(agent.registeredAt),
    reregistered_time: agent.reregisteredAt === undefined ? undefined : time(agent.reregisteredAt),
    total_resources: resourceModels(agent.total),
    allocated_resources: resourceModels(usedResources(agent)),
    offered_resources: resourceModels(offeredResources(agent)),
    capabilities: [...agent.capabilities].map((type) => ({ type })),
  };
}

function frameworks(books: Books): Model {
  const entry = (framework: FrameworkRecord): Model => ({
    framework_info: messageModel(FrameworkInfo, framework.info),
    active: framework.state === "connected",
    connected: framework.state === "connected",
    recovered: framework.state === "recovered",
    registered_time: time(framework.registeredAt),
    reregistered_time: time(framework.reregisteredAt ?? framework.registeredAt),
    unregistered_time: framework.unregisteredAt === undefined ? undefined : time(framework.unregisteredAt),
    allocated_resources: resourceModels(usedResources(framework)),
    offer_constraints: {},
  });
  return {
    frameworks: [...books.frameworks.values()].map(entry),
    completed_frameworks: [...books.completedFrameworks.values()].map(entry),
    recovered_frameworks: [],
  };
}

function tasks(books: Books): Model {
  const list = (records: readonly TaskRecord[]) =>
    new LongList(
      records.map(({ task }) => task),
      (task) => messageModel(Task, task),
    );
  const current = [...books.frameworks.values()];
  const ever = [...current, ...books.completedFrameworks.values()];
  return {
    pending_tasks: [],
    tasks: list(current.flatMap(({ tasks }) => [...tasks.values()])),
    unreachable_tasks: list(current.flatMap(({ unreachableTasks }) => [...unreachableTasks.values()])),
    completed_tasks: list(ever.flatMap(({ completedTasks }) => [...completedTasks.values()])),
    orphan_tasks: [],
  };
}

function executors(books: Books): Model {
  const entries = [...books.agents.values()].flatMap((agent) =>
    [...agent.executors.values()].flatMap((ofFramework) =>
      [...ofFramework.values()].map((executor) => ({
        executor_info: messageModel(ExecutorInfo, executor),
        agent_id: { value: agent.id },
      })),
    ),
  );
  return { executors: entries, orphan_executors: [] };
}

function time(ms: number): Model {
  return { nanoseconds: BigInt(Math.round(ms)) * 1_000_000n };
}

function parse(body: Uint8Array): OperatorCall | undefined {
  try {
    const call = JSON.parse(Buffer.from(body).toString()) as { type?: unknown } | null;
    return typeof call?.type === "string" ? { ...call, type: call.type } : undefined;
  } catch {
    return undefined;
  }
}
