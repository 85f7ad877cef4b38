import { createHash } from "node:crypto";
import { findEngine } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { createSandboxLogs } from "../src/index.ts";
import { prepareContainer, testClient } from "./run-container.ts";

const engine = await findEngine();

describe.skipIf(engine === undefined)("logs of a container of a real engine", () => {
  const real = engine as NonNullable<typeof engine>;
  const client = testClient(real);
  const logs = createSandboxLogs(client);
  const parts = { engine: real, client, logs };

  it.each([
    { id: "both streams", script: "echo out; echo err >&2; echo more", stdout: "out\nmore\n", stderr: "err\n" },
    { id: "no newline at the end", script: "printf abc; printf def >&2", stdout: "abc", stderr: "def" },
    { id: "nothing at all", script: "exit 3", stdout: "", stderr: "" },
  ])("$id", async ({ script, stdout, stderr }) => {
    await using container = await prepareContainer(parts, { script });
    expect(await container.run()).toEqual({ outcome: "live", stdoutBytes: stdout.length, stderrBytes: stderr.length });
    expect((await container.file("stdout")).toString()).toBe(stdout);
    expect((await container.file("stderr")).toString()).toBe(stderr);
  });

  it("keeps what a terminal writes, as it is, in stdout alone", async () => {
    await using container = await prepareContainer(parts, { script: "echo out; echo err >&2", tty: true });
    expect((await container.run()).outcome).toBe("live");
    expect((await container.file("stdout")).toString()).toBe("out\r\nerr\r\n");
    expect((await container.file("stderr")).toString()).toBe("");
  });

  it("keeps binary output byte for byte", async () => {
    const script = "head -c 5000000 /dev/urandom > /tmp/r; sha256sum < /tmp/r >&2; cat /tmp/r";
    await using container = await prepareContainer(parts, { script });
    expect(await container.run()).toMatchObject({ outcome: "live", stdoutBytes: 5_000_000 });
    const sum = createHash("sha256")
      .update(await container.file("stdout"))
      .digest("hex");
    expect((await container.file("stderr")).toString()).toBe(`${sum}  -\n`);
  });

  it("keeps 20 MB of lines on both streams, each in its order", async () => {
    const script = "seq 1 1400000 & seq 1 1400000 >&2; wait";
    await using container = await prepareContainer(parts, { script });
    const expected = createHash("sha256");
    for (let line = 1; line <= 1_400_000; line += 1) expected.update(`${line}\n`);
    const sum = expected.digest("hex");
    expect((await container.run()).outcome).toBe("live");
    const sums = await Promise.all(
      ["stdout", "stderr"].map(async (name) =>
        createHash("sha256")
          .update(await container.file(name))
          .digest("hex"),
      ),
    );
    expect(sums).toEqual([sum, sum]);
  });

  it("serves 100 short containers at once", async () => {
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        await using container = await prepareContainer(parts, { script: `echo out ${index}; echo err ${index} >&2` });
        expect(await container.run()).toMatchObject({ outcome: "live" });
        expect((await container.file("stdout")).toString()).toBe(`out ${index}\n`);
        expect((await container.file("stderr")).toString()).toBe(`err ${index}\n`);
      }),
    );
  }, 180_000);

  it("is refused by the engine for a container that is not there", async () => {
    await using container = await prepareContainer(parts, { script: "true" });
    const session = await logs.open({
      engineContainerId: "berth-test-sandbox-logs-absent",
      sandboxDirectory: container.sandboxDirectory,
      tty: false,
    });
    await expect(session.attach()).rejects.toMatchObject({ code: "attach-refused", cause: { code: "not-found" } });
    await session.abandon();
  });
});
