import type { DockerLaunchDetail } from "@berth/docker-containerizer";
import type { LaunchProgress } from "@berth/containerizer";
import { redactUri } from "@berth/fetcher";
import { byteSize } from "./byte-size.ts";
import { printable } from "./printable.ts";

/** What one event means for people. */
export interface ProgressLine {
  /** What it is about: a bar with the same key is redrawn. */
  readonly key: string;
  readonly text: string;
  /** Bar: part done, 0 to 1; undefined when the size is not known. */
  readonly part?: number | undefined;
  /** `moving` lines are for terminals only; `lasting` ones are worth a line in a log. */
  readonly kind: "moving" | "lasting" | "done";
}

export function progressLine(progress: LaunchProgress): ProgressLine | undefined {
  const line = describe(progress);
  return line && { ...line, text: printable(line.text) };
}

function describe(progress: LaunchProgress): ProgressLine | undefined {
  const detail = progress.detail as DockerLaunchDetail;
  switch (detail.kind) {
    case "started":
      return { key: detail.uri, text: `fetching ${redactUri(detail.uri)}`, kind: "moving" };
    case "waiting":
      return { key: detail.uri, text: `waiting for another fetch of ${redactUri(detail.uri)}`, kind: "lasting" };
    case "bytes":
      return {
        key: detail.uri,
        text: `fetching ${redactUri(detail.uri)}  ${amount(detail.receivedBytes, detail.totalBytes)}`,
        part: partOf(detail.receivedBytes, detail.totalBytes),
        kind: "moving",
      };
    case "retrying":
      return "uri" in detail
        ? {
            key: detail.uri,
            text: `fetching ${redactUri(detail.uri)} again in ${seconds(detail.delayMs)}: ${detail.why}`,
            kind: "lasting",
          }
        : { key: detail.image, text: `pulling ${detail.image} again: ${detail.why}`, kind: "lasting" };
    case "extracting":
      return { key: detail.uri, text: `extracting ${redactUri(detail.uri)}`, kind: "moving" };
    case "fetched": {
      const from = detail.fromCache ? ", from the cache" : "";
      return {
        key: detail.uri,
        text: `fetched ${redactUri(detail.uri)} (${byteSize(detail.sizeBytes)}${from})`,
        kind: "done",
      };
    }
    case "queued":
      return { key: detail.image, text: `pull of ${detail.image} waits at place ${detail.position}`, kind: "lasting" };
    case "pulling":
      return { key: detail.image, text: `pulling ${detail.image}`, kind: "lasting" };
    case "layers":
      return {
        key: detail.image,
        text: `${detail.phase === "extract" ? "extracting" : "pulling"} ${detail.image}  ${detail.layersDone}/${detail.layers} layers, ${amount(detail.receivedBytes, detail.totalBytes)}`,
        part: partOf(detail.receivedBytes, detail.totalBytes),
        kind: "moving",
      };
    case "present":
      return { key: detail.image, text: `image ${detail.image} is present`, kind: "done" };
    case "pulled":
      return { key: detail.image, text: `pulled ${detail.image} in ${seconds(detail.durationMs)}`, kind: "done" };
  }
}

function amount(done: number, total: number | undefined): string {
  return total === undefined || total === 0 ? byteSize(done) : `${byteSize(done)} of ${byteSize(total)}`;
}

function partOf(done: number, total: number | undefined): number | undefined {
  return total === undefined || total === 0 ? undefined : Math.min(1, done / total);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
