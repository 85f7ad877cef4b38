import type { ImageInspect } from "@berth/engine-client";
import { ImagePullError } from "./errors.ts";

export interface Platform {
  readonly os: string;
  readonly architecture: string | undefined;
  readonly variant: string | undefined;
}

const architectures: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  x86_64: ["amd64"],
  "x86-64": ["amd64"],
  i386: ["386"],
  aarch64: ["arm64"],
  armhf: ["arm", "v7"],
  armel: ["arm", "v6"],
};

/** Reads `os[/architecture[/variant]]`. Throws ImagePullError `invalid-platform`. */
export function parsePlatform(text: string, image: string): Platform {
  const parts = text.toLowerCase().split("/");
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) {
    throw new ImagePullError(
      "invalid-platform",
      `platform ${JSON.stringify(text)} of image ${image} is not os/architecture[/variant], such as linux/arm64`,
      { image },
    );
  }
  const [os = "", given, variant] = parts;
  if (given === undefined) return { os, architecture: undefined, variant: undefined };
  const [architecture, ofAlias] = architectures[given] ?? [given];
  return { os, architecture, variant: variant ?? ofAlias };
}

export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== undefined).join("/");
}

/** Whether an image that is there serves the platform. What was not asked for matches anything. */
export function matchesPlatform(image: ImageInspect, wanted: Platform): boolean {
  if (image.Os !== wanted.os) return false;
  if (wanted.architecture === undefined) return true;
  if (image.Architecture !== wanted.architecture) return false;
  if (wanted.variant === undefined) return true;
  return (image.Variant || defaultVariant(image.Architecture)) === wanted.variant;
}

/** The variant of images that name none. */
function defaultVariant(architecture: string): string | undefined {
  return { arm64: "v8", arm: "v7", amd64: "v1" }[architecture];
}
