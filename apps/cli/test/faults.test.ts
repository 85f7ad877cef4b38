import { describe, expect, it } from "vitest";
import { loadTask } from "../src/task/load-task.ts";
import { renderFaults } from "../src/task/render-faults.ts";
import { Readable } from "node:stream";

const context = (text: string) => ({ env: {}, cwd: "/", stdin: Readable.from([Buffer.from(text)]) });
const task = (overrides: object = {}) =>
  JSON.stringify(
    {
      name: "t",
      task_id: { value: "t" },
      command: { shell: false },
      container: { type: "DOCKER", docker: { image: "i" } },
      ...overrides,
    },
    undefined,
    2,
  );

async function faultsOf(text: string): Promise<string> {
  const loaded = await loadTask({ kind: "stdin" }, context(text));
  return loaded.ok ? "" : renderFaults(loaded.document, loaded.faults);
}

describe("a task from a file", () => {
  it("needs no agent id, and gets resources when it names none", async () => {
    const loaded = await loadTask({ kind: "stdin" }, context(task()));
    expect(loaded).toMatchObject({
      ok: true,
      task: {
        resources: [
          { name: "cpus", scalar: { value: 0.1 } },
          { name: "mem", scalar: { value: 64 } },
        ],
      },
    });
  });

  it("is UTF-8, or refused: other bytes would become other characters without a word", async () => {
    const latin1 = Buffer.from(task({ name: "caf\u00e9" }), "latin1");
    const stdin = Readable.from([latin1]);
    await expect(loadTask({ kind: "stdin" }, { env: {}, cwd: "/", stdin })).rejects.toThrow("stdin is not UTF-8");
  });

  it("keeps the resources it names", async () => {
    const resources = [{ name: "mem", type: "SCALAR", scalar: { value: 7 } }];
    const loaded = await loadTask({ kind: "stdin" }, context(task({ resources })));
    expect(loaded).toMatchObject({ task: { resources: [{ name: "mem", scalar: { value: 7 } }, { name: "cpus" }] } });
  });

  it.each([
    ['{\n  "name": "t",\n  nonsense\n}', ["stdin:3:3"]],
    [
      '{"name": "t", "container": {"docker": {"imag": "x"}}}',
      ["container.docker.imag", "did you mean image?", "task_id", "stdin:1:"],
    ],
    ["", ["stdin:1:1"]],
    ["[]", ["stdin:1:1"]],
    ["[".repeat(100_000), ["stdin:1:101", "nested deeper than 100 levels"]],
    [task({ command: undefined }), ["command: is missing"]],
    [
      task({ resources: [{ name: "ports", type: "RANGES", ranges: { range: [{ begin: 9, end: 8 }] } }] }),
      ["resources[0].ranges.range[0]: begins at 9", "stdin:21:11", "^"],
    ],
    [task({ resources: [{ name: "mem", type: "SCALAR" }] }), ["resources[0]: mem is SCALAR", "stdin:16:5"]],
  ])("%.60j says what and where", async (text, says) => {
    const screen = await faultsOf(text);
    for (const part of says) expect(screen).toContain(part);
    expect(screen).toMatch(/^error: stdin is not a task that can run: \d+ faults?\n/);
  });

  it("fits on one screen however many faults there are", async () => {
    const faults = Array.from({ length: 50 }, (_, index) => ({ path: `labels[${index}]`, message: "no" }));
    const screen = renderFaults({ name: "t.json", text: undefined }, faults);
    expect(screen.split("\n").length).toBeLessThan(24);
    expect(screen).toContain("and 44 more");
  });
});
