import type { Log } from "@berth/log";
import type { Resource } from "@berth/proto/v1";
import type { AgentCoreOptions } from "./agent-core.ts";
import type { Book } from "./book.ts";
import type { AgentStore } from "./checkpoint/agent-store.ts";
import type { Chores } from "./chores.ts";
import type { Counters } from "./counters.ts";
import type { Drain } from "./drain.ts";
import type { Outbox } from "./outbox.ts";
import type { SandboxRoots } from "./sandbox-roots.ts";
import type { UpdatesDesk } from "./status/updates-desk.ts";
import type { TaskDriver } from "./task/task-driver.ts";

/** Everything that handling a message may need. */
export interface AgentContext {
  readonly options: AgentCoreOptions;
  readonly now: () => number;
  readonly log: Log;
  readonly store: AgentStore;
  readonly book: Book;
  readonly desk: UpdatesDesk;
  readonly driver: TaskDriver;
  readonly drain: Drain;
  readonly roots: SandboxRoots;
  readonly counters: Counters;
  readonly outbox: Outbox;
  readonly chores: Chores;
  /** By `taskKey`: an acknowledgement is being stored, and what it means for a task of that id shows afterwards. */
  readonly acknowledging: Map<string, Promise<void>>;
  /** Undefined before the first registration. */
  agentId: string | undefined;
  /** Dynamic reservations and persistent volumes. */
  checkpointed: readonly Resource[];
  /** The options' resources with the checkpointed ones made out of them. */
  total: readonly Resource[];
}

export interface TaskKey {
  readonly frameworkId: string;
  readonly taskId: string;
}

export function taskKey({ frameworkId, taskId }: TaskKey): string {
  return `${frameworkId}\0${taskId}`;
}
