import { sandboxPath } from "@berth/containerizer";
import type { AgentClient } from "@berth/mesos-client";
import type { Offer } from "@berth/proto/v1";
import { agentUrl } from "./agent-url.ts";
import type { TaskPlacement } from "./task-runner.ts";

/** Finds out where a task's sandbox lies: the agent is asked for its work dir while it launches the task. */
export class Placement {
  readonly settled: Promise<TaskPlacement | undefined>;
  readonly #settled = Promise.withResolvers<TaskPlacement | undefined>();
  readonly #connectAgent: (url: string) => Pick<AgentClient, "call" | "close">;
  readonly #asking = new AbortController();
  #workDirectory: Promise<string | undefined> = Promise.resolve(undefined);
  #found = false;

  constructor(connectAgent: (url: string) => Pick<AgentClient, "call" | "close">) {
    this.#connectAgent = connectAgent;
    this.settled = this.#settled.promise;
  }

  /** An offer of this agent has been accepted. */
  expect(offer: Offer): void {
    this.#workDirectory = this.#ask(agentUrl(offer));
  }

  found(
    { offer, executorId, containerId }: { offer: Offer; executorId: string; containerId: string },
    frameworkId: string,
  ): void {
    this.#found = true;
    const agentId = offer.agentId?.value ?? "";
    const place = { agentId, agentUrl: agentUrl(offer), executorId, containerId };
    void this.#workDirectory.then((workDirectory) => {
      const sandboxDirectory =
        workDirectory === undefined
          ? undefined
          : sandboxPath({ workDirectory, agentId, frameworkId, executorId, containerId });
      this.#settled.resolve({ ...place, sandboxDirectory });
    });
  }

  /** The task has ended. */
  nowhere(): void {
    if (!this.#found) this.#settled.resolve(undefined);
  }

  async close(): Promise<void> {
    this.#asking.abort();
    await this.#workDirectory;
  }

  async #ask(url: string): Promise<string | undefined> {
    try {
      const agent = this.#connectAgent(url);
      try {
        const { getFlags } = await agent.call({ type: "GET_FLAGS" }, { signal: this.#asking.signal });
        return getFlags?.flags?.find(({ name }) => name === "work_dir")?.value;
      } finally {
        await agent.close();
      }
    } catch {
      return undefined; // it may be kept from us; the task runs all the same
    }
  }
}
