import type { Duplex } from "node:stream";
import { findEngine } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { createSandboxLogs } from "../src/index.ts";
import { prepareContainer, testClient } from "./run-container.ts";

const engine = await findEngine();

describe.skipIf(engine === undefined)("an attach that a real engine's container outlives", () => {
  const real = engine as NonNullable<typeof engine>;
  const client = testClient(real);
  const streams: Duplex[] = [];
  const logs = createSandboxLogs({
    containers: {
      logs: (id, query, options) => client.containers.logs(id, query, options),
      attach: async (id, options) => {
        const stream = await client.containers.attach(id, options);
        streams.push(stream);
        return stream;
      },
    },
  });

  it.each([
    { id: "lines on both streams", tty: false, lineEnd: "\n" },
    { id: "a terminal", tty: true, lineEnd: "\r\n" },
  ])("is taken up again without a missing or doubled byte: $id", async ({ tty, lineEnd }) => {
    const script =
      "i=0; while [ $i -lt 150 ]; do seq $((i*10)) $((i*10+9)); echo e$i >&2; usleep 10000; i=$((i+1)); done";
    await using container = await prepareContainer({ engine: real, client, logs }, { script, tty });
    const settlement = container.run();
    await expect
      .poll(() => container.session.position().stdout.sourceBytes, { interval: 5, timeout: 50_000 })
      .toBeGreaterThanOrEqual(500);
    streams.at(-1)?.destroy(new Error("cut by the test"));
    expect(await settlement).toMatchObject({ outcome: "completed" });

    const rounds = Array.from({ length: 150 }, (_, round) => round);
    const numbers = rounds.map((round) =>
      Array.from({ length: 10 }, (_, index) => `${round * 10 + index}${lineEnd}`).join(""),
    );
    const errors = rounds.map((round) => `e${round}${lineEnd}`);
    const expected = tty
      ? { stdout: rounds.map((round) => `${numbers[round]}${errors[round]}`).join(""), stderr: "" }
      : { stdout: numbers.join(""), stderr: errors.join("") };
    expect((await container.file("stdout")).toString()).toBe(expected.stdout);
    expect((await container.file("stderr")).toString()).toBe(expected.stderr);
  });
});
