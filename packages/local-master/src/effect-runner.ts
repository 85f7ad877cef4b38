import type { EventStream } from "@berth/http-endpoints";
import type { Libprocess } from "@berth/libprocess";
import type { Log } from "@berth/log";
import { PongSlaveMessage } from "@berth/proto/internal/messages";
import type { Event } from "@berth/proto/v1/scheduler";
import type { MasterInput } from "./books/take-turn.ts";
import type { MasterEffect } from "./books/turn.ts";

export interface EffectRunnerDeps {
  readonly libprocess: Pick<Libprocess, "send" | "link" | "renew" | "spawn">;
  readonly log: Log;
  readonly streams: ReadonlyMap<string, EventStream<Event>>;
  /** What effects bring about comes back as inputs. */
  readonly run: (input: MasterInput) => void;
}

/** Does what `takeTurn` says. */
export interface EffectRunner {
  act(effect: MasterEffect): void;
  close(): void;
}

export function createEffectRunner({ libprocess, log, streams, run }: EffectRunnerDeps): EffectRunner {
  const links = new Map<string, () => void>();
  const observers = new Map<string, () => void>();
  const end = (map: Map<string, () => void>, key: string) => {
    map.get(key)?.();
    map.delete(key);
  };
  return {
    act(effect) {
      switch (effect.type) {
        case "send":
          return libprocess.send(effect.fromId, effect.to, effect.message.name, effect.message.body);
        case "link": {
          const { agentId } = effect;
          end(links, agentId);
          // The end of a connection that was given up must not be taken for the end of its successor.
          const unlink = libprocess.link(effect.pid, () => {
            if (links.get(agentId) === unlink) run({ type: "agent-link-ended", agentId });
          });
          links.set(agentId, unlink);
          return undefined;
        }
        case "unlink":
          return end(links, effect.agentId);
        case "renew":
          return libprocess.renew(effect.pid);
        case "observe": {
          const { agentId, observerId } = effect;
          const stop = libprocess.spawn(observerId, (message) => {
            if (message.name === PongSlaveMessage.$type) run({ type: "pong", agentId });
          });
          observers.set(observerId, stop);
          return undefined;
        }
        case "stop-observing":
          return end(observers, effect.observerId);
        case "event":
          return streams.get(effect.streamId)?.push(effect.event);
        case "end-stream":
          return streams.get(effect.streamId)?.close();
        case "log":
          return log[effect.level](effect.message, effect.fields);
      }
    },
    close() {
      for (const map of [links, observers]) for (const stop of map.values()) stop();
    },
  };
}
