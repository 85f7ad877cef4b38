import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { resolveUser } from "@berth/containerizer";
import { describe, expect, it, onTestFinished } from "vitest";

async function passwd(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-test-containerizer-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, "passwd");
  await writeFile(
    file,
    "# local users\n\nroot:x:0:0:root:/root:/bin/sh\nbroken:x\n+nis::::::\nann:x:1001:100:Ann:/home/ann:/bin/sh\n",
  );
  return file;
}

describe("resolveUser", () => {
  it.each([
    ["ann", { name: "ann", uid: 1001, gid: 100 }],
    ["1001", { name: "ann", uid: 1001, gid: 100 }],
    ["4242", { name: "4242", uid: 4242, gid: 4242 }],
    ["4242:7", { name: "4242:7", uid: 4242, gid: 7 }],
  ])("%s", async (user, expected) => {
    expect(await resolveUser(user, { passwdFile: await passwd() })).toEqual(expected);
  });

  it.each(["4294967295", "99999999999999", "0:4294967295"])("refuses %s, which no kernel takes", async (user) => {
    await expect(resolveUser(user, { passwdFile: await passwd() })).rejects.toMatchObject({
      code: "unknown-user",
      message: expect.stringMatching(/^user ".*": \d+ is no uid$/),
    });
  });

  it.each(["nobody-here", "broken", "+nis", ""])("refuses %j and says what to do", async (user) => {
    const resolving = resolveUser(user, { passwdFile: await passwd() });
    await expect(resolving).rejects.toMatchObject({
      code: "unknown-user",
      message: expect.stringContaining("uid:gid"),
    });
  });
});
