import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { LaunchProgress } from "@berth/containerizer";
import type { DockerLaunchDetail } from "@berth/docker-containerizer";
import { describe, expect, it } from "vitest";
import { createBarView, createPlainView } from "../src/output/progress-view.ts";

const fetching = (detail: DockerLaunchDetail): LaunchProgress => ({ phase: "fetching", detail });
const half = fetching({ kind: "bytes", uri: "http://h/f", receivedBytes: 50, totalBytes: 100 });
const fetched = fetching({ kind: "fetched", uri: "http://h/f", sizeBytes: 100, fromCache: false });

/** A terminal of 100 by 40 that keeps what it is given. */
function terminal() {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 40 });
  let shown = "";
  stream.setEncoding("utf8").on("data", (part: string) => (shown += part));
  return { stream: stream as unknown as NodeJS.WriteStream, shown: () => shown };
}

describe("progress on a terminal", () => {
  it("is a bar that moves, and a line that stays when it is done, and hides no cursor", async () => {
    const { stream, shown } = terminal();
    const view = await createBarView(stream);
    view.update(half);
    await once(stream, "data");
    expect(shown()).toContain(`${"━".repeat(12)}${"╌".repeat(12)} fetching http://h/f  50 B of 100 B`);
    view.update(fetched);
    await expect.poll(shown).toContain("fetched http://h/f (100 B)\n");
    expect(shown()).not.toContain("\u001B[?25l");
  });

  it("puts a state above the bars and draws them again", async () => {
    const { stream, shown } = terminal();
    const view = await createBarView(stream);
    view.update(half);
    await once(stream, "data");
    view.line("TASK_KILLING");
    await expect.poll(shown).toMatch(/TASK_KILLING\n[^]*fetching/);
    const before = shown().length;
    view.clear();
    await expect.poll(() => shown().slice(before)).toContain("\u001B[2K");
  });
});

describe("progress elsewhere", () => {
  it("is a line for what is worth one, and no escape codes", () => {
    let shown = "";
    const view = createPlainView((text) => (shown += text));
    view.update(half);
    view.update(fetched);
    view.line("TASK_RUNNING");
    view.clear();
    expect(shown).toBe("fetched http://h/f (100 B)\nTASK_RUNNING\n");
  });
});
