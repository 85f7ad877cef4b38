import type { ContainerID } from "@berth/proto/v1";
import { containerIdKey, isNested, rootContainerId } from "./container-id.ts";
import type {
  ContainerConfig,
  Containerizer,
  ContainerTermination,
  LaunchHooks,
  LaunchOutcome,
  RecoverableContainer,
} from "./containerizer.ts";
import { ContainerizerError } from "./errors.ts";

/**
 * Several containerizers as one: a launch goes to each in the order given until one supports it, everything else to the one that
 * runs the container. Nested ids go to the owner of their root.
 */
export function createComposingContainerizer(containerizers: readonly Containerizer[]): Containerizer {
  return new ComposingContainerizer(containerizers);
}

type Kill = Parameters<Containerizer["killTask"]>[1];

/** One container from the call of launch until its termination. */
interface Entry {
  /** The one that is being asked, or has said yes. */
  owner: Containerizer | undefined;
  destroying: boolean;
  /** Somebody has said yes, or the launch has failed. */
  decided: boolean;
  /** Came before the one was asked that runs it, so it goes to everyone who is asked from then on. */
  kill: { readonly asked: Kill } | undefined;
  /** Undefined: nobody ran it. */
  readonly termination: PromiseWithResolvers<ContainerTermination | undefined>;
}

class ComposingContainerizer implements Containerizer {
  readonly name: string;
  readonly #containerizers: readonly Containerizer[];
  readonly #entries = new Map<string, Entry>();
  #closed = false;

  constructor(containerizers: readonly Containerizer[]) {
    this.#containerizers = containerizers;
    this.name = containerizers.map((containerizer) => containerizer.name).join(",");
  }

  async recover(
    containers: readonly RecoverableContainer[],
    options?: { signal?: AbortSignal | undefined },
  ): Promise<void> {
    await Promise.all(this.#containerizers.map((containerizer) => containerizer.recover(containers, options)));
    for (const containerizer of this.#containerizers) {
      for (const containerId of await containerizer.containers()) {
        if (isNested(containerId)) continue;
        const entry = this.#open(containerId, containerizer);
        this.#closeWith(containerId, entry, containerizer.wait(containerId));
      }
    }
  }

  async launch(containerId: ContainerID, config: ContainerConfig, hooks?: LaunchHooks): Promise<LaunchOutcome> {
    if (this.#closed) {
      throw new ContainerizerError("closed", "The containerizer has been closed", containerIdKey(containerId));
    }
    if (isNested(containerId)) return this.#ownerOf(containerId).launch(containerId, config, hooks);
    if (this.#entries.has(containerIdKey(containerId))) return "already-launched";
    const entry = this.#open(containerId, undefined);
    try {
      for (const containerizer of this.#containerizers) {
        entry.owner = containerizer;
        const launching = containerizer.launch(containerId, config, hooks);
        // Asked before the launch is answered: a container may end first, and its termination is reported only to those who wait.
        const ending = containerizer.wait(containerId);
        if (entry.kill !== undefined) containerizer.killTask(containerId, entry.kill.asked).catch(() => undefined);
        const outcome = await this.#outcome(containerId, entry, launching, ending);
        if (outcome !== "not-supported") return outcome;
        if (entry.destroying) {
          throw new ContainerizerError(
            "destroyed",
            "Container was destroyed while launching",
            containerIdKey(containerId),
          );
        }
      }
      return "not-supported";
    } finally {
      if (entry.owner === undefined) this.#close(containerId, entry, undefined);
    }
  }

  async wait(containerId: ContainerID): Promise<ContainerTermination | undefined> {
    if (isNested(containerId)) return this.#find(containerId)?.owner?.wait(containerId);
    return this.#find(containerId)?.termination.promise;
  }

  async destroy(containerId: ContainerID): Promise<ContainerTermination | undefined> {
    const entry = this.#find(containerId);
    if (entry === undefined) return undefined;
    if (isNested(containerId)) return entry.owner?.destroy(containerId);
    entry.destroying = true;
    // The one being asked may not support it and so not know it; then the end of the launch loop is the answer.
    return (await entry.owner?.destroy(containerId)) ?? entry.termination.promise;
  }

  async killTask(containerId: ContainerID, kill?: Kill): Promise<boolean> {
    const entry = this.#find(containerId);
    if (entry === undefined) return false;
    if (isNested(containerId) || entry.decided) return (await entry.owner?.killTask(containerId, kill)) ?? false;
    entry.kill = { asked: kill };
    await entry.owner?.killTask(containerId, kill);
    return true;
  }

  async update(
    containerId: ContainerID,
    resources: Parameters<Containerizer["update"]>[1],
    limits?: Parameters<Containerizer["update"]>[2],
  ): Promise<void> {
    return this.#ownerOf(containerId).update(containerId, resources, limits);
  }

  async usage(containerId: ContainerID): ReturnType<Containerizer["usage"]> {
    return this.#ownerOf(containerId).usage(containerId);
  }

  async status(containerId: ContainerID): ReturnType<Containerizer["status"]> {
    const entry = this.#find(containerId);
    const asking = this.#ownerOf(containerId).status(containerId);
    if (isNested(containerId) || entry === undefined) return asking;
    return asking.catch((error: unknown) => {
      if (entry.decided) throw error;
      return { containerId }; // the one being asked does not know it, and may not support it
    });
  }

  async containers(): Promise<readonly ContainerID[]> {
    return (await Promise.all(this.#containerizers.map((containerizer) => containerizer.containers()))).flat();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#entries.clear();
    await Promise.all(this.#containerizers.map((containerizer) => containerizer.close()));
  }

  async #outcome(
    containerId: ContainerID,
    entry: Entry,
    launching: Promise<LaunchOutcome>,
    ending: Promise<ContainerTermination | undefined>,
  ): Promise<LaunchOutcome> {
    let outcome: LaunchOutcome = "not-supported";
    try {
      outcome = await launching;
    } catch (error) {
      // A failed launch ends the search: the next one would run what the first may have half done. It leaves no entry.
      entry.decided = true;
      this.#entries.delete(containerIdKey(containerId));
      this.#closeWith(containerId, entry, ending);
      throw error;
    }
    if (outcome === "not-supported") {
      ending.catch(() => undefined);
      entry.owner = undefined;
    } else {
      entry.decided = true;
      this.#closeWith(containerId, entry, ending);
    }
    return outcome;
  }

  #open(containerId: ContainerID, owner: Containerizer | undefined): Entry {
    const entry: Entry = {
      owner,
      destroying: false,
      decided: owner !== undefined,
      kill: undefined,
      termination: Promise.withResolvers(),
    };
    this.#entries.set(containerIdKey(containerId), entry);
    return entry;
  }

  #closeWith(containerId: ContainerID, entry: Entry, ending: Promise<ContainerTermination | undefined>): void {
    void ending.then(
      (termination) => this.#close(containerId, entry, termination),
      () => this.#close(containerId, entry, undefined),
    );
  }

  #close(containerId: ContainerID, entry: Entry, termination: ContainerTermination | undefined): void {
    // A failed launch has let go of the id already, and a new launch may hold it by now.
    const key = containerIdKey(containerId);
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.termination.resolve(termination);
  }

  #find(containerId: ContainerID): Entry | undefined {
    return this.#entries.get(containerIdKey(rootContainerId(containerId)));
  }

  #ownerOf(containerId: ContainerID): Containerizer {
    const owner = this.#find(containerId)?.owner;
    if (owner !== undefined) return owner;
    throw new ContainerizerError("unknown-container", "Container not found", containerIdKey(containerId));
  }
}
