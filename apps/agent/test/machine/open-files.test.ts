import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { connectionLimits, openFilesLimit } from "../../src/machine/open-files.ts";

test("the limit is what the kernel says of this process", () => {
  const module = fileURLToPath(new URL("../../src/machine/open-files.ts", import.meta.url));
  const program = `console.log(await (await import(${JSON.stringify(module)})).openFilesLimit())`;
  const shell = `ulimit -n 512; exec "$0" --conditions=@berth/source --input-type=module --eval "$1"`;
  const { stdout } = spawnSync("/bin/sh", ["-c", shell, process.execPath, program], { encoding: "utf8" });
  expect(stdout).toBe("512\n");
});

test("where nobody says there is none", async () => {
  expect(await openFilesLimit("/nowhere")).toBeUndefined();
});

test.each([
  [1024, 1, 512, 384],
  [1024, 2, 256, 192],
  [1_000_000, 1, 8192, 6144],
  [Number.POSITIVE_INFINITY, 2, 8192, 6144],
  [undefined, 1, 8192, 6144],
])("of %s open files, %s port(s) take %s connections each", (openFiles, ports, connections, connectionsPerAddress) => {
  expect(connectionLimits(openFiles, ports)).toEqual({ connections, connectionsPerAddress });
});
