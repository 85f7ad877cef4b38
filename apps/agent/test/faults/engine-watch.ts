import { once } from "node:events";
import http from "node:http";
import { engineRequest } from "@berth/testkit";
import { onTestFinished } from "vitest";

interface EngineContainer {
  readonly Id: string;
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** What the engine itself says of the containers of some frameworks' tasks. */
export class EngineWatch {
  readonly #socketPath: string;
  /** Each start, in order: task id and container id. */
  readonly starts: { readonly frameworkId: string; readonly taskId: string; readonly container: string }[] = [];

  static async begin(socketPath: string): Promise<EngineWatch> {
    const watch = new EngineWatch(socketPath);
    const filters = encodeURIComponent(
      JSON.stringify({ type: ["container"], event: ["start"], label: ["berth.task_id"] }),
    );
    const request = http.get({ socketPath, path: `/events?filters=${filters}`, agent: false });
    const [answer] = (await once(request, "response")) as [http.IncomingMessage];
    let rest = "";
    answer.setEncoding("utf8").on("data", (part: string) => {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") watch.#note(line);
    });
    for (const stream of [request, answer]) stream.on("error", () => {});
    onTestFinished(() => void request.destroy());
    return watch;
  }

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  startsOf(frameworkId: string): readonly string[] {
    return this.starts.filter((each) => each.frameworkId === frameworkId).map(({ taskId }) => taskId);
  }

  /** In whatever state, by task id. */
  async containers(
    frameworkId: string,
  ): Promise<readonly { readonly id: string; readonly taskId: string; readonly state: string }[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`berth.framework_id=${frameworkId}`] }));
    const { text } = await engineRequest(this.#socketPath, "GET", `/containers/json?all=1&filters=${filters}`);
    return (JSON.parse(text) as EngineContainer[]).map(({ Id, State, Labels }) => ({
      id: Id,
      taskId: Labels["berth.task_id"] ?? "",
      state: State,
    }));
  }

  /** Ids of the tasks whose containers run, sorted. */
  async running(frameworkId: string): Promise<readonly string[]> {
    const all = await this.containers(frameworkId);
    return all
      .filter(({ state }) => state === "running")
      .map(({ taskId }) => taskId)
      .sort();
  }

  /** The task's process is told to end; one of `finisher` does so with success. */
  async signal(frameworkId: string, taskId: string, signal: "TERM" | "KILL"): Promise<void> {
    for (const { id } of (await this.containers(frameworkId)).filter((each) => each.taskId === taskId)) {
      await engineRequest(this.#socketPath, "POST", `/containers/${id}/kill?signal=${signal}`);
    }
  }

  #note(line: string): void {
    const { Actor } = JSON.parse(line) as { Actor: { ID: string; Attributes: Record<string, string> } };
    this.starts.push({
      frameworkId: Actor.Attributes["berth.framework_id"] ?? "",
      taskId: Actor.Attributes["berth.task_id"] ?? "",
      container: Actor.ID,
    });
  }
}

/** A task that runs until it is told to end, and has succeeded then. */
export const finisher = "trap 'exit 0' TERM; sleep 600 & wait";
