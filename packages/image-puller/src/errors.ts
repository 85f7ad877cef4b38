import type { PullPhase } from "./image-puller.ts";

/** Why an image could not be made present. The `engine-` codes say nothing about the image. */
export type ImagePullErrorCode =
  /** The reference is not one; the registry was not asked. */
  | "invalid-reference"
  /** The platform is not `os[/arch[/variant]]`; nothing was asked. */
  | "invalid-platform"
  /** The registry wants credentials, or refuses these. Docker Hub says so of absent repositories too. */
  | "unauthorized"
  /** No such repository, tag, digest or platform. */
  | "not-found"
  /** The engine does not reach the registry: DNS, refused connection, TLS, plain HTTP where HTTPS was wanted. */
  | "unreachable"
  /** 429, also after the retries. */
  | "rate-limited"
  /** The registry answered 5xx, or what no registry says, also after the retries. */
  | "registry-failed"
  /** The engine's disk is full. */
  | "no-space"
  /** A phase's budget ran out without progress, also on the second try. */
  | "stalled"
  /** The total budget ran out. */
  | "timeout"
  /** The stream ended early, twice, and the engine does not show the image. */
  | "incomplete"
  /** What the registry has is of another platform than asked for. */
  | "wrong-platform"
  /** The caller's signal ended the waiting. */
  | "aborted"
  /** The puller, or the engine client, was closed. */
  | "closed"
  /** The engine cannot be reached. */
  | "engine-unreachable"
  /** This user may not open the engine's socket. */
  | "engine-permission-denied"
  /** The engine failed, in words of its own that fit nothing above. */
  | "engine-failed";

export interface ImagePullErrorDetails {
  /** As the request had it. */
  readonly image: string;
  /** `registry.example.com:5000`, `docker.io`. */
  readonly registryHost?: string | undefined;
  readonly phase?: PullPhase | undefined;
  /** The engine's short id of the layer that was under way. */
  readonly layer?: string | undefined;
  readonly receivedBytes?: number | undefined;
  /** Of the layers whose size is known. */
  readonly totalBytes?: number | undefined;
  readonly cause?: unknown;
}

/** Every failure of this package. The message says what to do; no secret is ever in it. */
export class ImagePullError extends Error {
  override readonly name = "ImagePullError";
  readonly code: ImagePullErrorCode;
  readonly image: string;
  readonly registryHost: string | undefined;
  readonly phase: PullPhase | undefined;
  readonly layer: string | undefined;
  readonly receivedBytes: number | undefined;
  readonly totalBytes: number | undefined;

  constructor(code: ImagePullErrorCode, message: string, details: ImagePullErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.image = details.image;
    this.registryHost = details.registryHost;
    this.phase = details.phase;
    this.layer = details.layer;
    this.receivedBytes = details.receivedBytes;
    this.totalBytes = details.totalBytes;
  }
}

export function isImagePullError(error: unknown, ...codes: readonly ImagePullErrorCode[]): error is ImagePullError {
  return error instanceof ImagePullError && (codes.length === 0 || codes.includes(error.code));
}
