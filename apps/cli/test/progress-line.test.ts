import { describe, expect, it } from "vitest";
import type { DockerLaunchDetail } from "@berth/docker-containerizer";
import { byteSize } from "../src/output/byte-size.ts";
import { progressLine } from "../src/output/progress-line.ts";
import { statusLine } from "../src/output/status-line.ts";

const uri = "https://ann:secret@example.com/f.tgz?s=secret";

describe("what people see", () => {
  it.each<[DockerLaunchDetail, object]>([
    [
      { kind: "started", uri, totalBytes: 10 },
      { kind: "moving", text: "fetching https://example.com/f.tgz?s=***" },
    ],
    [
      { kind: "bytes", uri, receivedBytes: 512, totalBytes: 2048 },
      { part: 0.25, text: "fetching https://example.com/f.tgz?s=***  512 B of 2.0 KB" },
    ],
    [{ kind: "bytes", uri, receivedBytes: 512, totalBytes: undefined }, { part: undefined }],
    [
      { kind: "retrying", uri, attempt: 1, delayMs: 500, why: "503" },
      { kind: "lasting", text: "fetching https://example.com/f.tgz?s=*** again in 0.5 s: 503" },
    ],
    [
      { kind: "fetched", uri, sizeBytes: 3, fromCache: true },
      { kind: "done", text: "fetched https://example.com/f.tgz?s=*** (3 B, from the cache)" },
    ],
    [{ kind: "retrying", image: "a:1", why: "stalled" }, { text: "pulling a:1 again: stalled" }],
    [
      { kind: "pulled", image: "a:1", durationMs: 1234 },
      { kind: "done", text: "pulled a:1 in 1.2 s" },
    ],
    [
      { kind: "layers", image: "a:1", phase: "download", layers: 3, layersDone: 1, receivedBytes: 1, totalBytes: 4 },
      { part: 0.25, text: "pulling a:1  1/3 layers, 1 B of 4 B" },
    ],
  ])("%j", (detail, expected) => {
    const line = progressLine({ phase: "fetching", detail });
    expect(line).toMatchObject(expected);
    expect(line?.text).not.toContain("secret");
  });

  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KB"],
    [500 * 1024 ** 2, "500 MB"],
  ])("%i bytes are %s", (bytes, text) => expect(byteSize(bytes)).toBe(text));

  it("a state is one line, whatever the message holds", () => {
    const status = {
      state: "TASK_FAILED",
      message: "first\n  second\n",
      reason: "REASON_COMMAND_EXECUTOR_FAILED",
    } as const;
    expect(statusLine(status)).toBe("TASK_FAILED: first second (REASON_COMMAND_EXECUTOR_FAILED)");
    expect(statusLine({ state: "TASK_RUNNING" })).toBe("TASK_RUNNING");
  });

  it("lets no text of others steer the terminal", () => {
    const message = "the archive's entry '\u001b[2J\u009b31m' is a device";
    expect(statusLine({ taskId: { value: "t" }, state: "TASK_FAILED", message })).toBe(
      "TASK_FAILED: the archive's entry '\\x1b[2J\\x9b31m' is a device",
    );
    const detail = { kind: "started", uri: "http://h/\u001b[2J", totalBytes: 1 } as const;
    expect(progressLine({ phase: "fetching", detail })?.text).toBe("fetching http://h/\\x1b[2J");
  });
});
