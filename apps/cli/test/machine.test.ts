import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { resolveMachine } from "../src/machine.ts";

const io = { env: {}, cwd: "/here", uid: 1000, home: "/home/ann" };

describe("resolveMachine", () => {
  it.each([
    ["workDir", "--work-dir is empty"],
    ["dockerSocket", "--docker-socket is empty"],
    ["fetcherCacheDir", "--fetcher-cache-dir is empty"],
  ])("refuses an empty %s rather than take the current folder for it", async (option, message) => {
    await expect(resolveMachine({ [option]: "" }, io, "/task")).rejects.toThrow(message);
  });

  it("takes the config of docker login when none is named", async () => {
    const home = await mkdtemp(path.join(tmpdir(), "berth-test-cli-"));
    onTestFinished(() => rm(home, { recursive: true }));
    expect(await resolveMachine({}, { ...io, home }, "/task")).toMatchObject({ dockerConfig: undefined });
    await mkdir(path.join(home, ".docker"));
    await writeFile(path.join(home, ".docker/config.json"), "{}");
    const file = path.join(home, ".docker/config.json");
    expect(await resolveMachine({}, { ...io, home }, "/task")).toMatchObject({ dockerConfig: file });
    const env = { DOCKER_CONFIG: path.join(home, ".docker") };
    expect(await resolveMachine({}, { ...io, env }, "/task")).toMatchObject({ dockerConfig: file });
    expect(await resolveMachine({ dockerConfig: "mine.json" }, { ...io, home }, "/task")).toMatchObject({
      dockerConfig: "/here/mine.json",
    });
  });

  it("puts sandboxes below the state folder of a user who is not root", async () => {
    expect(await resolveMachine({}, io, "/task")).toMatchObject({ workDirectory: "/home/ann/.local/state/berth" });
  });
});
