/** The phases of a pull, each with a budget of its own. */
export type PullPhase = "queued" | "begin" | "download" | "extract";

/** One step of a pull, fit for a bar. Sizes in bytes, summed over the layers that the engine has spoken of. */
export type PullProgress =
  | { readonly kind: "queued"; readonly image: string; readonly position: number }
  | { readonly kind: "pulling"; readonly image: string }
  | {
      readonly kind: "layers";
      readonly image: string;
      readonly phase: PullPhase;
      readonly layers: number;
      readonly layersDone: number;
      readonly receivedBytes: number;
      /** Of the layers whose size is known so far. */
      readonly totalBytes: number;
    }
  | { readonly kind: "retrying"; readonly image: string; readonly why: string }
  | { readonly kind: "present"; readonly image: string }
  | { readonly kind: "pulled"; readonly image: string; readonly durationMs: number };

export interface EnsureImageRequest {
  /** As the task has it: `host:port/a/b:tag@digest`. */
  readonly image: string;
  /** Ask the registry even when the image is there (`DockerInfo.force_pull_image`). */
  readonly forcePull?: boolean | undefined;
  /** `linux/arm64/v8`; the engine's own when absent. */
  readonly platform?: string | undefined;
  /** Where `.docker/config.json` or `.dockercfg` may have been fetched to; they win over the agent's. */
  readonly sandboxDirectory?: string | undefined;
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  /** Leaving: the pull itself ends when the last waiter has left. */
  readonly signal?: AbortSignal | undefined;
}

export interface EnsuredImage {
  /** The reference to create containers from. */
  readonly reference: string;
  /** `sha256:...`, the engine's id. */
  readonly imageId: string;
  /** The engine's idea of the image's entry point, command and so on. */
  readonly config: {
    readonly entrypoint: readonly string[];
    readonly command: readonly string[];
    readonly environment: readonly string[];
    readonly user: string;
    readonly volumes: readonly string[];
  };
  /** False when it was there already. */
  readonly pulled: boolean;
  /** Where the credentials came from, never what they are: `sandbox .docker/config.json`, `none`. */
  readonly credentialSource: string;
}

/** Makes images present. One instance serves a whole agent. */
export interface ImagePuller {
  /** Inspects first, unless forced, then pulls. Rejects with ImagePullError. */
  ensure(request: EnsureImageRequest): Promise<EnsuredImage>;
  close(): Promise<void>;
}
