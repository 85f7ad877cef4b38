import type { ImageInspect } from "@berth/engine-client";
import type { EnsuredImage } from "./image-puller.ts";
import type { ImageReference } from "./image-reference.ts";

/** What callers get of an inspect answer. */
export function ensuredImage(
  { engineName }: ImageReference,
  { Id, Config }: ImageInspect,
  pulled: boolean,
  credentialSource: string,
): EnsuredImage {
  return {
    reference: engineName,
    imageId: Id,
    config: {
      entrypoint: Config?.Entrypoint ?? [],
      command: Config?.Cmd ?? [],
      environment: Config?.Env ?? [],
      user: Config?.User ?? "",
      volumes: Object.keys(Config?.Volumes ?? {}),
    },
    pulled,
    credentialSource,
  };
}
