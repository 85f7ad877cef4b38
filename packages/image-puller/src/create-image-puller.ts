import type { EngineClient, ImageInspect } from "@berth/engine-client";
import { isEngineError } from "@berth/engine-client";
import { findCredentials } from "./credentials/find-credentials.ts";
import type { FoundCredentials } from "./credentials/credential-source.ts";
import { ensuredImage } from "./ensured-image.ts";
import { ImagePullError } from "./errors.ts";
import { FairQueue } from "./fair-queue.ts";
import type { EnsuredImage, EnsureImageRequest, ImagePuller, PullProgress } from "./image-puller.ts";
import { type ImageReference, parseImageReference } from "./image-reference.ts";
import { matchesPlatform, parsePlatform, type Platform, platformText } from "./platform.ts";
import { defaultPullBudgets, type PullBudgets } from "./pull-budgets.ts";
import { engineFailure } from "./pull-failure.ts";
import { pullImage } from "./pull-image.ts";
import { SharedWork } from "./shared-work.ts";

export interface ImagePullerOptions {
  /** The agent's `docker_config`: JSON, or the path of a file that holds it. The sandbox's own files win over it. */
  readonly dockerConfig?: string | undefined;
  /** Environment of credential helpers (`PATH`, `HOME`, cloud settings). Default: empty, so that no helper is found. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** What is left out has its default (`defaultPullBudgets`). */
  readonly budgets?: Partial<PullBudgets> | undefined;
  /** Pulls at once; default 3. The others queue in order of arrival. */
  readonly maxConcurrentPulls?: number | undefined;
  /** Pauses, in milliseconds, before new tries while the registry answers 429 or 5xx; default 2,000 and 8,000. */
  readonly retryDelaysMs?: readonly number[] | undefined;
  /** How long a credential helper may take, in milliseconds; default 30,000. */
  readonly helperTimeoutMs?: number | undefined;
}

/** Counts since the puller was made, and what goes on now. */
export interface PullCounts {
  /** Requests that an image which was there answered. */
  readonly present: number;
  /** Pulls started. */
  readonly started: number;
  /** Requests that joined a pull that another one had started. */
  readonly joined: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Pulls that ended because nobody waited for them any longer. */
  readonly cancelled: number;
  readonly active: number;
  readonly queued: number;
}

export interface CountingImagePuller extends ImagePuller {
  counts(): PullCounts;
}

/** A puller for one engine. Asks nothing before the first `ensure`. */
export function createImagePuller(
  { engine }: { readonly engine: Pick<EngineClient, "images"> },
  options: ImagePullerOptions = {},
): CountingImagePuller {
  return new EngineImagePuller(engine, options);
}

interface Pulled {
  readonly inspect: ImageInspect;
  /** False when another pull had brought it while this one queued. */
  readonly pulled: boolean;
}

interface Wish {
  readonly request: EnsureImageRequest;
  readonly reference: ImageReference;
  readonly platform: Platform | undefined;
  /** `#pullsEnded` when the wish came. */
  readonly since: number;
}

class EngineImagePuller implements CountingImagePuller {
  readonly #engine: Pick<EngineClient, "images">;
  readonly #options: ImagePullerOptions;
  readonly #budgets: PullBudgets;
  readonly #queue: FairQueue;
  readonly #shared = new SharedWork<Pulled, PullProgress>();
  /** How many of a pull's waiters insist on what the registry has, by key. */
  readonly #forcing = new Map<string, number>();
  readonly #closing = new AbortController();
  #counts = { present: 0, started: 0, joined: 0, succeeded: 0, failed: 0, cancelled: 0 };
  #pullsEnded = 0;
  /** Times that any download moved on. */
  #moves = 0;

  constructor(engine: Pick<EngineClient, "images">, options: ImagePullerOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#budgets = { ...defaultPullBudgets, ...options.budgets };
    this.#queue = new FairQueue(Math.max(1, options.maxConcurrentPulls ?? 3));
  }

  counts(): PullCounts {
    return { ...this.#counts, active: this.#queue.active, queued: this.#queue.queued };
  }

  async ensure(request: EnsureImageRequest): Promise<EnsuredImage> {
    const { image, forcePull = false, onProgress } = request;
    const reference = parseImageReference(image);
    const platform = request.platform ? parsePlatform(request.platform, image) : undefined;
    const signal = AbortSignal.any([this.#closing.signal, ...(request.signal ? [request.signal] : [])]);
    const leaving = () => this.#leaving(request);
    if (signal.aborted) throw leaving();
    const wish: Wish = { request, reference, platform, since: this.#pullsEnded };

    // What a digest, or an image id, names cannot have moved.
    const pinned = reference.digest !== undefined || /^sha256:[0-9a-f]{64}$/.test(image);
    if (!forcePull || pinned) {
      const present = await this.#inspect(wish, signal, leaving);
      if (present !== undefined) {
        this.#counts.present += 1;
        onProgress?.({ kind: "present", image });
        return ensuredImage(reference, present, false, "not needed");
      }
    }
    const credentials = await this.#credentials(wish, signal);
    if (signal.aborted) throw leaving();
    const key = [reference.engineName, platform && platformText(platform), credentials.fingerprint].join("\n");
    if (this.#shared.has(key)) this.#counts.joined += 1;
    const force = (by: number) => this.#forcing.set(key, (this.#forcing.get(key) ?? 0) + by);
    if (forcePull) force(1);
    try {
      const result = await this.#shared.join(
        key,
        (pullSignal, note) => this.#pull(wish, credentials, key, pullSignal, note),
        { signal, onNote: onProgress && ((note) => onProgress({ ...note, image })) },
      );
      return ensuredImage(reference, result.inspect, result.pulled, credentials.source);
    } catch (error) {
      throw signal.aborted ? leaving() : error;
    } finally {
      if (forcePull && force(-1).get(key) === 0) this.#forcing.delete(key);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#shared.abortAll();
  }

  async #pull(
    wish: Wish,
    credentials: FoundCredentials,
    key: string,
    signal: AbortSignal,
    note: (progress: PullProgress) => void,
  ): Promise<Pulled> {
    const { image } = wish.request;
    const forced = () => this.#forcing.has(key);
    const cancelled = () => new ImagePullError("aborted", `image ${image}: the pull was cancelled`, { image });
    this.#counts.started += 1;
    const leave = await this.#queue.enter(signal, (position) => note({ kind: "queued", image, position }));
    try {
      if (leave === undefined) throw cancelled();
      // Another pull may have brought the image between this wish's look and now.
      if (wish.since !== this.#pullsEnded && !forced()) {
        const present = await this.#inspect(wish, signal, cancelled);
        if (present !== undefined && !forced()) {
          note({ kind: "present", image });
          return this.#ended("succeeded", { inspect: present, pulled: false });
        }
      }
      const startedAt = performance.now();
      let ownMoves = 0;
      let seenMoves = this.#moves;
      const inspect = await pullImage(this.#engine, {
        image,
        reference: wish.reference,
        credentials,
        platform: wish.platform,
        forced,
        budgets: this.#budgets,
        retryDelaysMs: this.#options.retryDelaysMs ?? [2000, 8000],
        signal,
        note,
        onMoved: () => {
          this.#moves += 1;
          ownMoves += 1;
        },
        othersMoved: () => {
          const others = this.#moves - ownMoves;
          const moved = others > seenMoves;
          seenMoves = others;
          return moved;
        },
      });
      note({ kind: "pulled", image, durationMs: Math.round(performance.now() - startedAt) });
      return this.#ended("succeeded", { inspect, pulled: true });
    } catch (error) {
      throw this.#ended(signal.aborted ? "cancelled" : "failed", error);
    } finally {
      this.#pullsEnded += 1;
      leave?.();
    }
  }

  #ended<T>(how: "succeeded" | "failed" | "cancelled", value: T): T {
    this.#counts[how] += 1;
    return value;
  }

  /** The image, when it is there and of the platform. */
  async #inspect(
    { request: { image }, reference, platform }: Wish,
    signal: AbortSignal,
    leaving: () => Error,
  ): Promise<ImageInspect | undefined> {
    try {
      const inspect = await this.#engine.images.inspect(reference.engineName, { signal });
      return platform === undefined || matchesPlatform(inspect, platform) ? inspect : undefined;
    } catch (error) {
      if (signal.aborted) throw leaving();
      if (isEngineError(error, "not-found")) return undefined;
      throw engineFailure(image, error);
    }
  }

  #credentials({ request, reference }: Wish, signal: AbortSignal): Promise<FoundCredentials> {
    const { dockerConfig, environment = {}, helperTimeoutMs = 30_000 } = this.#options;
    const { domain, path } = reference;
    const options = { dockerConfig, environment, helperTimeoutMs };
    return findCredentials({ domain, path }, request.sandboxDirectory, options, signal);
  }

  #leaving({ image, signal }: EnsureImageRequest): ImagePullError {
    if (this.#closing.signal.aborted) {
      return new ImagePullError("closed", `image ${image}: the puller is closed`, { image });
    }
    return new ImagePullError("aborted", `image ${image}: waiting for it was cancelled`, {
      image,
      cause: signal?.reason,
    });
  }
}
