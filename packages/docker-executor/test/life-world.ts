import type { LifeEffect, TimerName } from "../src/life/effect.ts";
import type { InspectView, LifeEvent } from "../src/life/event.ts";
import { initialState, type LifeSettings, type LifeState } from "../src/life/state.ts";
import { transition } from "../src/life/transition.ts";

/** What the world does next: a number picks among what is possible. 0 is always the honest, helpful choice. */
export type Pick = (choices: number) => number;

type Answer = (pick: Pick) => readonly LifeEvent[];

export const defaultLifeSettings: LifeSettings = {
  taskKillingState: true,
  maxCompletionMs: 60_000,
  portRetryMs: 1_000,
  createRetryMs: 60_000,
  createPatienceMs: 100,
  canRestoreImage: true,
};

/**
 * One task, its container and an engine that may lie late, lose answers and do things that nobody hears of. It never says that
 * something is so when it is not: what it does not know it calls unknown.
 */
export class LifeWorld {
  state: LifeState;
  nowMs = 0;
  readonly effects: LifeEffect[] = [];
  container: { started: boolean; running: boolean; exitCode: number } | undefined;
  everRan = false;
  #answers: { readonly of: LifeEffect["do"]; readonly give: Answer }[] = [];
  #timers = new Set<TimerName>();
  #waiting = false;

  constructor(settings: LifeSettings = defaultLifeSettings) {
    this.state = initialState(settings);
  }

  get finishes(): Extract<LifeEffect, { do: "finish" }>[] {
    return this.effects.filter((effect) => effect.do === "finish");
  }

  get announced(): string[] {
    return this.effects.flatMap((effect) => (effect.do === "announce" ? [effect.state] : []));
  }

  send(event: LifeEvent): void {
    const { state, effects } = transition(this.state, event, this.nowMs);
    this.state = state;
    for (const effect of effects) {
      this.effects.push(effect);
      this.#take(effect);
    }
  }

  /** Lets one thing happen: an answer arrives, a timer fires, the container ends. False when nothing is left to happen. */
  advance(pick: Pick): boolean {
    this.nowMs += 10;
    const timers = [...this.#timers];
    // Told to end, it is of the kind that only SIGKILL ends.
    const canExit = this.container?.running === true && this.state.end === undefined;
    const choices = this.#answers.length + timers.length + (canExit ? 1 : 0);
    if (choices === 0) return false;
    const choice = pick(choices);
    const answer = this.#answers[choice];
    if (answer !== undefined) {
      this.#answers.splice(choice, 1);
      for (const event of answer.give(pick)) this.send(event);
      return true;
    }
    const timer = timers[choice - this.#answers.length];
    if (timer === undefined) this.#exit(pick(2) === 0 ? 0 : 1);
    else this.#fire(timer);
    return true;
  }

  #fire(timer: TimerName): void {
    this.#timers.delete(timer);
    if (timer === "retry") this.send({ type: "retry-due" });
    else if (timer === "grace") this.send({ type: "grace-over" });
    else if (timer === "patience") this.send({ type: "patience-over" });
    else this.send({ type: "completion-time-over" });
  }

  #exit(exitCode: number): void {
    if (this.container?.running !== true) return;
    this.container = { ...this.container, running: false, exitCode };
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#answers.push({ of: "wait", give: () => [{ type: "wait-ended", exitCode }] });
  }

  #start(): void {
    if (this.container === undefined || this.container.running) return;
    if (this.container.started) throw new Error("a container was started twice");
    this.container = { started: true, running: true, exitCode: 0 };
    this.everRan = true;
  }

  #later(of: LifeEffect["do"], give: Answer): void {
    this.#answers.push({ of, give });
  }

  #take(effect: LifeEffect): void {
    switch (effect.do) {
      case "announce":
      case "finish":
        return;
      case "arm":
        this.#timers.add(effect.timer);
        return;
      case "disarm":
        this.#timers.delete(effect.timer);
        return;
      case "abort-launch":
        this.#abort();
        return;
      case "prepare":
      case "create":
      case "look-up":
      case "restore-image":
      case "attach":
      case "wait":
      case "start":
      case "inspect":
      case "stop":
      case "kill":
      case "kill-process":
      case "remove":
      case "settle":
        this.#later(effect.do, (pick) => this.#answer(effect, pick));
    }
  }

  #abort(): void {
    this.#answers = this.#answers.map((answer) => {
      if (answer.of === "prepare") return { ...answer, give: () => [{ type: "prepare-failed", message: "aborted" }] };
      if (answer.of === "restore-image")
        return { ...answer, give: () => [{ type: "restore-failed", message: "aborted" }] };
      if (answer.of !== "create") return answer;
      const cuts = [() => this.#lost(), () => this.#madeUnheard(), () => this.#madeLater()];
      return { ...answer, give: (pick) => cuts[pick(cuts.length)]?.() ?? [] };
    });
  }

  #lost(): LifeEvent[] {
    return [{ type: "create-failed", kind: "unknown", message: "no answer" }];
  }

  /** The client has long given up when the engine makes the container. */
  #madeLater(): LifeEvent[] {
    this.#later("create", () => {
      this.container ??= { started: false, running: false, exitCode: 0 };
      return [];
    });
    return this.#lost();
  }

  #madeUnheard(): LifeEvent[] {
    this.container ??= { started: false, running: false, exitCode: 0 };
    return this.#lost();
  }

  #answer(effect: LifeEffect, pick: Pick): readonly LifeEvent[] {
    switch (effect.do) {
      case "prepare":
        return pick(5) === 4 ? [{ type: "prepare-failed", message: "no image" }] : [{ type: "prepared" }];
      case "restore-image":
        return pick(3) === 2 ? [{ type: "restore-failed", message: "no image" }] : [{ type: "image-restored" }];
      case "create":
        return this.#create(pick(9));
      case "look-up":
        if (pick(3) === 2) return [{ type: "looked-up", found: "unknown" }];
        if (this.container === undefined) return [{ type: "looked-up", found: pick(3) === 2 ? "foreign" : "nothing" }];
        return [
          {
            type: "looked-up",
            found: pick(4) === 3 && !this.container.started ? "stale" : "ours",
            engineId: "c",
            started: this.container.started,
          },
        ];
      case "attach":
        return [
          [{ type: "attached" }],
          [{ type: "attach-failed", final: false, message: "" }],
          [{ type: "attach-failed", final: true, message: "no disk" }],
        ][pick(8) > 6 ? 2 : pick(3) > 1 ? 1 : 0] as LifeEvent[];
      case "wait":
        return this.#wait(pick(4), effect.condition);
      case "start":
        return this.#startCall(pick(6));
      case "inspect":
        return [{ type: "inspected", ...this.#view(pick(3) === 2) }];
      case "stop":
        if (pick(3) === 2) return [{ type: "stop-failed" }];
        if (pick(3) < 2) this.#exit(143);
        return [{ type: "stop-answered" }];
      case "kill": {
        const choice = pick(4);
        if (choice < 3) this.#exit(137);
        return choice === 2 ? [{ type: "kill-failed" }] : [{ type: "kill-answered" }];
      }
      case "kill-process":
        return [];
      case "remove":
        return this.#remove(pick(3));
      case "settle":
        return [{ type: "settled", memory: undefined }];
      case "announce":
      case "abort-launch":
      case "arm":
      case "disarm":
      case "finish":
        return [];
    }
  }

  #create(choice: number): readonly LifeEvent[] {
    if (this.container !== undefined) return [{ type: "create-failed", kind: "name-taken", message: "in use" }];
    if (choice === 1) return [{ type: "create-failed", kind: "name-taken", message: "in use" }];
    if (choice === 2) return this.#lost();
    if (choice === 3) return this.#madeUnheard();
    if (choice === 4) return [{ type: "create-failed", kind: "image-gone", message: "no such image" }];
    if (choice === 5) return [{ type: "create-failed", kind: "refused", message: "bad" }];
    if (choice === 6) return this.#madeLater();
    if (choice === 7) return [{ type: "create-failed", kind: "failed", message: "500" }];
    this.container = { started: false, running: false, exitCode: 0 };
    return [{ type: "created", engineId: "c" }];
  }

  #wait(choice: number, condition: "next-exit" | "not-running"): readonly LifeEvent[] {
    if (choice === 3) return [{ type: "wait-broken" }];
    if (this.container === undefined) return [{ type: "wait-broken" }];
    if (!this.container.running && this.container.started && condition === "not-running") {
      return [{ type: "wait-accepted" }, { type: "wait-ended", exitCode: this.container.exitCode }];
    }
    this.#waiting = true;
    return [{ type: "wait-accepted" }];
  }

  #startCall(choice: number): readonly LifeEvent[] {
    if (this.container === undefined) return [{ type: "start-failed", kind: "failed", message: "no such container" }];
    if (this.container.running) return [{ type: "started" }];
    if (choice === 1) return [{ type: "start-failed", kind: "port-taken", message: "port is already allocated" }];
    if (choice === 2) return [{ type: "start-failed", kind: "unknown", message: "no answer" }];
    if (choice === 4) return [{ type: "start-failed", kind: "failed", message: "500" }];
    if (choice === 5) return [{ type: "start-failed", kind: "refused", message: "no such file" }];
    this.#start();
    return choice === 3 ? [{ type: "start-failed", kind: "unknown", message: "no answer" }] : [{ type: "started" }];
  }

  #view(unknown: boolean): InspectView {
    if (unknown) return { view: "unknown" };
    if (this.container === undefined) return { view: "gone" };
    if (this.container.running) return { view: "running" };
    if (!this.container.started) return { view: "not-started", engineError: "" };
    return { view: "exited", exit: { exitCode: this.container.exitCode, oomKilled: false } };
  }

  #remove(choice: number): readonly LifeEvent[] {
    if (choice === 2) return [{ type: "remove-unsure" }];
    this.#exit(137);
    this.container = undefined;
    return choice === 1 ? [{ type: "remove-unsure" }] : [{ type: "removed" }];
  }
}
