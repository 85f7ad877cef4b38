import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { ContainerID, TaskState, TaskStatus } from "@berth/proto/v1";
import { type ContainerizerErrorCode, isContainerizerError } from "../errors.ts";
import { containerIdKey } from "../container-id.ts";
import type { ComplianceFramework, ComplianceSetup, ComplianceWorld } from "./world.ts";

export type Case = (name: string, body: (world: ComplianceWorld, containerId: ContainerID) => Promise<void>) => void;

/** Below the usual limit of a test, so that a case that hangs is cleaned up after as well. */
const caseLimitMs = 45_000;

/** Cases that each get a world of their own, which is cleaned up whatever happens. */
export function caseMaker(framework: ComplianceFramework, setup: ComplianceSetup): Case {
  return (name, body) => {
    framework.it(name, async () => {
      const world = await setup();
      const hanging = Promise.withResolvers<never>();
      const timer = setTimeout(
        () => hanging.reject(new Error(`nothing came of it in ${caseLimitMs / 1000} s`)),
        caseLimitMs,
      );
      try {
        await Promise.race([body(world, freshId()), hanging.promise]);
      } finally {
        clearTimeout(timer);
        await world.cleanup();
      }
    });
  };
}

export function freshId(): ContainerID {
  return { value: randomUUID() };
}

export async function rejectsWith(
  promise: Promise<unknown>,
  ...codes: readonly ContainerizerErrorCode[]
): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(
    isContainerizerError(error, ...codes),
    `wanted ContainerizerError ${codes.join(" or ")}, got ${String(error)}`,
  );
}

export async function lists({ containerizer }: ComplianceWorld, containerId: ContainerID): Promise<boolean> {
  return (await containerizer.containers()).some((listed) => containerIdKey(listed) === containerIdKey(containerId));
}

/** The containerizer does not know it any more; what has ended by itself may lie about for a while. */
export async function assertForgotten(world: ComplianceWorld, containerId: ContainerID): Promise<void> {
  assert.equal(await lists(world, containerId), false, "it is still listed");
  assert.equal(await world.containerizer.wait(containerId), undefined, "it can still be waited for");
}

/** Nobody knows the container any more, here or in the world. */
export async function assertGone(world: ComplianceWorld, containerId: ContainerID): Promise<void> {
  await assertForgotten(world, containerId);
  assert.deepEqual(await world.traces(containerId), [], "something is left behind");
}

/** Takes down the statuses of a task and lets one wait for a state. */
export class StatusLog {
  readonly states: TaskState[] = [];
  readonly #waiting = new Map<TaskState, () => void>();

  readonly onTaskStatus = (status: TaskStatus): void => {
    if (status.state === undefined) return;
    this.states.push(status.state);
    this.#waiting.get(status.state)?.();
  };

  async reaches(state: TaskState): Promise<void> {
    if (this.states.includes(state)) return;
    await new Promise<void>((resolve) => this.#waiting.set(state, resolve));
  }
}
