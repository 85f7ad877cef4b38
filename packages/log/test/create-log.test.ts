import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createLog, type LogFields, type LogOptions, silentLog } from "../src/index.ts";

function start(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const log = createLog(
    { write: (line) => lines.push(line), now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) },
    { level: "info", format: "json", ...options },
  );
  return { log, lines };
}

class CodedError extends Error {
  override readonly name = "CodedError";
  readonly code = "unreachable";
}

test("a JSON line holds time, level, message, then the fields of the child and of the call", () => {
  const { log, lines } = start();
  log.child({ component: "libprocess", port: 1 }).child({ port: 2 }).warn("connection lost", { sizeBytes: 5n });
  expect(lines).toEqual([
    '{"level":"warn","time":"2026-01-02T03:04:05.678Z","component":"libprocess","port":2,"sizeBytes":"5","message":"connection lost"}\n',
  ]);
});

test("a text line is read without a tool", () => {
  const { log, lines } = start({ format: "text" });
  log.child({ component: "libprocess" }).error("send failed", {
    to: "slave(1)@10.0.0.2:5051",
    note: "two words\nand a line",
    sizes: [1, 2],
    error: new CodedError("no answer", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) }),
  });
  log.info("ready");
  expect(lines).toEqual([
    '2026-01-02T03:04:05.678Z E libprocess  send failed to=slave(1)@10.0.0.2:5051 note="two words\\nand a line" sizes=[1,2] ' +
      'error="CodedError unreachable: no answer <- Error ECONNREFUSED: refused"\n',
    "2026-01-02T03:04:05.678Z I  ready\n",
  ]);
});

test("errors keep code, stack and cause in JSON", () => {
  const { log, lines } = start();
  log.error("failed", { error: new CodedError("a", { cause: new Error("b") }) });
  const { error } = JSON.parse(lines[0] ?? "") as { error: Record<string, unknown> };
  expect(error).toMatchObject({ name: "CodedError", code: "unreachable", message: "a", cause: { message: "b" } });
  expect(error["stack"]).toContain("create-log.test.ts");
});

test("the level gates, can be read, and changes for children that are there already", () => {
  const { log, lines } = start({ level: "warn" });
  const child = log.child({ component: "c" });
  const all = () => (["debug", "info", "warn", "error"] as const).forEach((level) => child[level](level));
  const levels = () => lines.splice(0).map((line) => (JSON.parse(line) as { level: string }).level);
  all();
  expect(levels()).toEqual(["warn", "error"]);
  log.setLevel("debug");
  expect(log.level).toBe("debug");
  all();
  expect(levels()).toEqual(["debug", "info", "warn", "error"]);
  log.setLevel("error");
  all();
  expect(levels()).toEqual(["error"]);
});

test("fields named like the line's own do not hide them", () => {
  const { log, lines } = start();
  log.info("the message", { message: "m", level: "l", time: "t" });
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "info",
    time: "2026-01-02T03:04:05.678Z",
    message: "the message",
    message_: "m",
    level_: "l",
    time_: "t",
  });
});

test("nothing that a field holds makes it throw or break the line", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const odd: LogFields = {
    circle,
    proxy,
    getter: Object.defineProperty({}, "x", { enumerable: true, get: () => JSON.parse("{") as unknown }),
    symbol: Symbol("s"),
    nothing: undefined,
    bytes: new Uint8Array(3),
    map: new Map([["k", 1n]]),
    infinite: Number.POSITIVE_INFINITY,
    toJson: { toJSON: () => JSON.parse("{") as unknown },
  };
  for (const format of ["json", "text"] as const) {
    const { log, lines } = start({ format });
    for (const [key, value] of Object.entries(odd)) log.info("odd", { [key]: value });
    expect(lines).toHaveLength(Object.keys(odd).length);
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withDate: true, withMap: true })),
        (fields) => {
          lines.length = 0;
          log.info("any", fields);
          expect(lines).toHaveLength(1);
          expect(lines[0]?.match(/\n/g)).toHaveLength(1);
          const message = format === "json" ? (JSON.parse(lines[0] ?? "") as { message: string }).message : "any";
          expect(message).toBe("any");
        },
      ),
    );
  }
});

test("an output that is gone ends nothing", () => {
  const log = createLog(
    {
      write: () => {
        throw new Error("EPIPE");
      },
      now: () => 0,
    },
    { level: "debug", format: "text" },
  );
  expect(() => log.info("lost")).not.toThrow();
  expect(() => silentLog.child({}).error("silent", { circle: 1n })).not.toThrow();
});
