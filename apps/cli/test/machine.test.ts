import { describe, expect, it } from "vitest";
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

  it("puts sandboxes below the state folder of a user who is not root", async () => {
    expect(await resolveMachine({}, io, "/task")).toMatchObject({ workDirectory: "/home/ann/.local/state/berth" });
  });
});
