import { describe, expect, it } from "vitest";
import { parseArguments } from "../src/arguments/program.ts";

function parsed(...argv: readonly string[]) {
  const outcome = parseArguments(argv);
  if (outcome.kind !== "command") throw new Error(`not a command: ${outcome.stderr}`);
  return outcome.command;
}

function refused(...argv: readonly string[]) {
  const outcome = parseArguments(argv);
  if (outcome.kind !== "print") throw new Error("was not refused");
  return outcome;
}

describe("the command line", () => {
  it("takes a file, or stdin", () => {
    expect(parsed("run", "task.json")).toMatchObject({
      command: "run",
      json: false,
      source: { kind: "file", path: "task.json" },
    });
    expect(parsed("run", "-", "--json")).toMatchObject({ json: true, source: { kind: "stdin" } });
    expect(parsed("validate", "-")).toMatchObject({ command: "validate", source: { kind: "stdin" } });
  });

  it.each([["--work-dir", "/w"], ["--work_dir", "/w"], ["--work-dir=/w_x"], ["--work_dir=/w_x"]])(
    "understands %s",
    (...flag) => {
      expect(parsed("run", ...flag, "task.json")).toMatchObject({ machine: { workDir: flag[1] ?? "/w_x" } });
    },
  );

  it("changes no value that looks like a flag, and nothing after --", () => {
    const command = parsed("run", "--image", "i", "--env", "--a_b=c_d", "--", "--x_y", "--work_dir", "--");
    expect(command).toMatchObject({
      source: { flags: { env: ["--a_b=c_d"], command: ["--x_y", "--work_dir", "--"] } },
    });
  });

  it("collects what is repeatable", () => {
    const command = parsed("run", "--image", "i", "--port", "80:80", "--port", "81:81/udp", "--force_pull");
    expect(command).toMatchObject({ source: { flags: { port: ["80:80", "81:81/udp"], forcePull: true, env: [] } } });
  });

  it.each([
    { argv: ["run"], says: "--image" },
    { argv: ["run", "--imagee", "i"], says: "Did you mean --image?" },
    { argv: ["run", "--work_dri", "x", "t.json"], says: "Did you mean --work-dir?" },
    { argv: ["runn"], says: "Did you mean run?" },
    { argv: ["run", "task.json", "--image", "i"], says: "after --" },
    { argv: ["run", "task.json", "--cpus", "1"], says: "--cpus goes with --image" },
    { argv: ["run", "task.json", "--force-pull"], says: "--force-pull goes with --image" },
    { argv: ["run", "task.json", "--", "ls"], says: "after --" },
    { argv: ["run", "--image", "i", "--shell", "a", "--", "b"], says: "leave one out" },
    { argv: ["run", "a.json", "b.json"], says: "too many arguments" },
    { argv: ["run", "--image"], says: "argument missing" },
    { argv: ["validate"], says: "missing required argument" },
    { argv: [], says: "Usage: berth" },
  ])("$argv is wrong usage", ({ argv, says }) => {
    const { exitCode, stderr, stdout } = refused(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([[["--help"]], [["run", "--help"]], [["explain", "-h"]], [["help", "validate"]]])(
    "%j shows help with examples",
    (argv) => {
      const { exitCode, stdout, stderr } = refused(...argv);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout).toContain("Examples:");
    },
  );
});
