import type { FakeModel } from "./fake-model.ts";
import type { PullableImage } from "./fake-images.ts";
import type { Reply } from "./reply.ts";
import type { EngineCall } from "./requests.ts";

export interface FakeVersions {
  /** `20.10.24`. */
  readonly version: string;
  readonly apiVersion: string;
  readonly minApiVersion: string;
}

export interface RouteContext {
  readonly model: FakeModel;
  readonly call: EngineCall;
  readonly reply: Reply;
  /** What the pattern's groups caught, decoded. */
  readonly params: readonly string[];
  readonly versions: FakeVersions;
  readonly registry: Readonly<Record<string, PullableImage>>;
  /** Whether the request came with `Upgrade`. */
  readonly upgrade: boolean;
}

export interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly handle: (context: RouteContext) => void | Promise<void>;
}
