import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { completionScript } from "../src/arguments/completion-script.ts";
import { createProgram, parseArguments } from "../src/arguments/program.ts";

const run = promisify(execFile);

describe("commands about a cluster", () => {
  it.each<[readonly string[], object]>([
    [["ps"], { command: "ps", all: false, json: false, cluster: { master: undefined } }],
    [["ps", "-a", "--json", "--master", "m:5050"], { all: true, json: true, cluster: { master: "m:5050" } }],
    [["kill", "web", "--force"], { command: "kill", name: { task: "web" }, force: true }],
    [["logs", "web"], { command: "logs", follow: false, stderr: false, tail: undefined }],
    [["logs", "-f", "--stderr", "--tail", "10", "web"], { follow: true, stderr: true, tail: 10 }],
    [["logs", "web", "--framework=f-1"], { name: { task: "web", framework: "f-1" } }],
    [["state", "--credential", "/c"], { command: "state", cluster: { credential: "/c" } }],
    [["completion", "fish"], { command: "completion", shell: "fish" }],
    [["run", "--master=m:1", "--detach", "t.json"], { command: "run", detach: true, cluster: { master: "m:1" } }],
  ])("%j", (argv, expected) => {
    const outcome = parseArguments(argv);
    expect(outcome).toMatchObject({ kind: "command", command: stripped(expected) });
  });

  it.each([
    { argv: ["kill"], says: "missing required argument" },
    { argv: ["logs", "--tail", "-1", "t"], says: "--tail" },
    { argv: ["logs", "--tail", "many", "t"], says: "a number of lines" },
    { argv: ["completion", "tcsh"], says: "bash, zsh, fish" },
    { argv: ["ps", "extra"], says: "too many arguments" },
  ])("$argv is wrong usage", ({ argv, says }) => {
    expect(parseArguments(argv)).toMatchObject({ kind: "print", exitCode: 2, stderr: expect.stringContaining(says) });
  });

  it.each([["ps"], ["kill"], ["logs"], ["state"], ["completion"]])("%s --help has examples", (command) => {
    const outcome = parseArguments([command, "--help"]);
    expect(outcome).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Examples:") });
  });
});

describe("completion", () => {
  const program = createProgram({ stdout: "", stderr: "" }, [], () => undefined);

  async function complete(...words: readonly string[]): Promise<readonly string[]> {
    const line = ["berth", ...words].map((word) => `'${word}'`).join(" ");
    const script = `eval "$(cat)"; COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _berth; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const running = run("bash", ["-c", script]);
    running.child.stdin?.end(completionScript("bash", program));
    return (await running).stdout.trim().split("\n");
  }

  it("offers commands, flags and words in bash", async () => {
    expect(await complete("")).toEqual(expect.arrayContaining(["run", "ps", "kill", "logs", "state", "agent"]));
    expect(await complete("lo")).toEqual(["logs"]);
    expect(await complete("run", "--det")).toEqual(["--detach"]);
    expect((await complete("logs", "--f")).toSorted()).toEqual(["--follow", "--framework"]);
    expect(await complete("completion", "z")).toEqual(["zsh"]);
  });

  it.each(["zsh", "fish"] as const)("names every command and flag in %s", (shell) => {
    const script = completionScript(shell, program);
    for (const command of program.commands) {
      expect(script).toContain(command.name());
      for (const { long } of command.options) expect(script).toContain((long ?? "").slice(shell === "fish" ? 2 : 0));
    }
  });
});

/** `undefined` in a pattern means that nothing is there. */
function stripped(pattern: object): object {
  return JSON.parse(JSON.stringify(pattern)) as object;
}
