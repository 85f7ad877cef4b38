import { describe, expect, it } from "vitest";
import { AgentFileFollower } from "../src/output/agent-file-follower.ts";
import { JsonLines } from "../src/output/json-lines.ts";
import { tailOffset } from "../src/output/tail-offset.ts";

const pageBytes = 64 * 1024;

/** An agent with these files; it gives 64 KiB at once, as agents do. */
function agent(files: Record<string, string>) {
  return {
    readFile: (path: string, { offset, length }: { offset: number; length: number }) => {
      const content = files[path];
      if (content === undefined) return Promise.resolve(undefined);
      const bytes = Buffer.from(content, "latin1");
      const data = bytes.subarray(offset, offset + Math.min(length, pageBytes));
      return Promise.resolve({ size: bytes.length, data });
    },
  };
}

function sink() {
  const parts: Buffer[] = [];
  return {
    write: (bytes: Uint8Array) => Promise.resolve(void parts.push(Buffer.from(bytes))),
    seen: () => Buffer.concat(parts).toString("latin1"),
  };
}

describe("a sandbox file that is read through its agent", () => {
  it("is copied as it grows, page by page, to the last byte", async () => {
    const files: Record<string, string> = {};
    const to = sink();
    const follower = new AgentFileFollower(agent(files), "/s/stdout", to);
    expect(await follower.advance()).toBe(false);
    files["/s/stdout"] = "\0one\xff";
    expect(await follower.advance()).toBe(true);
    files["/s/stdout"] += "x".repeat(3 * pageBytes);
    await follower.advance();
    expect(to.seen()).toBe(files["/s/stdout"]);
  });

  it("is followed through a rotation", async () => {
    const files: Record<string, string> = { "/s/stdout": "1234" };
    const to = sink();
    const follower = new AgentFileFollower(agent(files), "/s/stdout", to);
    await follower.advance();
    files["/s/stdout.1"] = "12345678";
    files["/s/stdout"] = "9";
    await follower.advance();
    expect(to.seen()).toBe("123456789");
  });

  it.each([
    ["", 5, 0],
    ["a\nb\nc\n", 2, 2],
    ["a\nb\nc", 2, 2],
    ["a\nb\nc\n", 3, 0],
    ["a\nb\nc\n", 9, 0],
    ["a\nb\n", 0, 4],
    [`${"x".repeat(100_000)}\n${"y".repeat(100_000)}\nz\n`, 2, 100_001],
  ])("%#: the last lines begin at the right byte", async (content, lines, offset) => {
    expect(await tailOffset(agent({ f: content }), "f", lines)).toBe(offset);
    expect(await tailOffset(agent({}), "f", lines)).toBe(0);
  });

  it("as JSON is a line for each of its lines, also when characters and lines are cut", async () => {
    let out = "";
    const lines = new JsonLines("stdout", (text) => Promise.resolve(void (out += text)));
    const bytes = Buffer.from("eins\nzwölf\nohne Ende");
    for (const byte of bytes) await lines.write(Uint8Array.of(byte));
    await lines.finish();
    const parsed = out.trimEnd().split("\n");
    expect(parsed.map((line) => (JSON.parse(line) as { line: string }).line)).toEqual(["eins", "zwölf", "ohne Ende"]);
  });
});
