import { open, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { decodeMessage, encodeMessage } from "@berth/proto";
import { Call, Response } from "@berth/proto/v1/agent";
import { recordedAnswer } from "@berth/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { runCli } from "../src/cli.ts";
import type { CliIo } from "../src/cli-io.ts";
import { FdWriter } from "../src/output/fd-writer.ts";

const output = Buffer.from("one\ntwo\nthree \xff\n", "latin1");

/** A master that answers `/state` as a real one did, and its agent, which has `output` as the stdout of the task gold-0. */
async function cluster(change: (state: string) => string = (state) => state) {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const { port } = server.address() as { port: number };
    if (request.url === "/state") {
      const state = JSON.stringify(recordedAnswer("master.state.trimmed").json);
      response.end(change(state.replaceAll("slave(1)@127.0.0.1:5051", `slave(1)@127.0.0.1:${port}`)));
      return;
    }
    void buffer(request).then((body) => {
      const read = decodeMessage(Call, body);
      if (!read.ok) throw new Error(JSON.stringify(read.faults));
      const { type, readFile: asked } = read.value;
      if (type === "GET_FLAGS") {
        const flags = JSON.stringify(recordedAnswer("agent.v1.GET_FLAGS").json);
        response.writeHead(200, { "content-type": "application/json" }).end(flags);
        return;
      }
      paths.push(asked?.path ?? "");
      if (asked?.path?.endsWith("/stdout") !== true) {
        response.writeHead(404).end();
        return;
      }
      const data = output.subarray(Number(asked.offset), Number(asked.offset) + Number(asked.length));
      const answer: Response = { type: "READ_FILE", readFile: { size: BigInt(output.length), data } };
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end(encodeMessage(Response, answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { master: `127.0.0.1:${(server.address() as { port: number }).port}`, paths };
}

async function berth(argv: readonly string[], env: Readonly<Record<string, string>> = {}, localMaster?: string) {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-test-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = await Promise.all(["out", "err"].map((name) => open(path.join(folder, name), "w")));
  const [stdout, stderr] = files.map(({ fd }) => new FdWriter(fd)) as [FdWriter, FdWriter];
  const io: CliIo = {
    env,
    cwd: folder,
    localMaster,
    uid: 0,
    home: folder,
    user: "root",
    now: () => 1_795_402_999_000,
    stdin: new PassThrough(),
    stdout,
    stderr,
    terminal: undefined,
    onSignal: () => undefined,
  };
  const code = await runCli(argv, io);
  await Promise.all([stdout.flush(), stderr.flush()]);
  await Promise.all(files.map((file) => file.close()));
  const text = (name: string) => readFile(path.join(folder, name), "latin1");
  return { code, stdout: await text("out"), stderr: await text("err") };
}

const state = recordedAnswer("master.state.trimmed").json as {
  frameworks: { id: string; name: string; tasks: { id: string; slave_id: string }[] }[];
};
const [framework] = state.frameworks;
const [task] = framework?.tasks ?? [];
const id = task?.id ?? "";

describe("commands about a cluster, on the state of a real master", () => {
  it("ps lists what runs, one task a line", async () => {
    const { master } = await cluster();
    const ran = await berth(["ps"], { BERTH_MASTER: master });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const [head, ...rows] = ran.stdout.trimEnd().split("\n");
    expect(head).toMatch(/^TASK +STATE +SINCE +AGENT +FRAMEWORK +NAME$/);
    expect(rows[0]).toMatch(
      new RegExp(`^${id} +TASK_RUNNING +1m +127\\.0\\.0\\.1 +${framework?.id} +${framework?.name}`),
    );
    expect(rows.length).toBe(state.frameworks.flatMap(({ tasks }) => tasks).length);
  });

  it("ps --json has the ids that the other commands take", async () => {
    const { master } = await cluster();
    const ran = await berth(["ps", "--all", "--json", "--master", `http://${master}`]);
    const lines = ran.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({
      id,
      state: "TASK_RUNNING",
      framework_id: framework?.id,
      agent_id: task?.slave_id,
      executor_id: id,
      container_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(lines.length).toBeGreaterThan(state.frameworks.flatMap(({ tasks }) => tasks).length);
  });

  it("state shows master, agents and frameworks", async () => {
    const { master } = await cluster();
    const ran = await berth(["state", "--master", master]);
    expect(ran.stdout).toMatch(/^master@127\.0\.0\.1:5050, version 1\.12\.0\n/);
    expect(ran.stdout).toContain("0.02/16");
    expect(ran.stdout).toContain(framework?.id);
    const json = await berth(["state", "--json", "--master", master]);
    expect(JSON.parse(json.stdout)).toMatchObject({ agents: [{ id: task?.slave_id }] });
  });

  it.each<[readonly string[], string]>([
    [[], output.toString("latin1")],
    [["--tail", "2"], "two\nthree \xff\n"],
    [
      ["--json", "--tail", "2"],
      Buffer.from('{"stream":"stdout","line":"two"}\n{"stream":"stdout","line":"three \ufffd"}\n').toString("latin1"),
    ],
  ])("logs %j", async (flags, expected) => {
    const { master, paths } = await cluster();
    const ran = await berth(["logs", ...flags, "--master", master, id]);
    expect(ran).toMatchObject({ code: 0, stdout: expected, stderr: "" });
    // The sandbox by the work dir that the agent tells.
    expect(paths[0]).toMatch(
      new RegExp(
        `^/.*/slaves/${task?.slave_id}/frameworks/${framework?.id}/executors/${id}/runs/[0-9a-f-]{36}/stdout$`,
      ),
    );
  });

  it("logs -f goes on until the task has ended", async () => {
    let asked = 0;
    const { master } = await cluster((text) => (++asked > 3 ? text.replaceAll("TASK_RUNNING", "TASK_FINISHED") : text));
    const ran = await berth(["logs", "-f", "--master", master, id]);
    expect(ran).toMatchObject({ code: 0, stdout: output.toString("latin1") });
    expect(asked).toBe(4);
  });

  it.each<[readonly string[], RegExp]>([
    [["logs", "--stderr", id], /has no stderr of task/],
    [["logs", "nobody"], /knows no task nobody/],
    [["kill", id], new RegExp(`belongs to framework ${framework?.name}`)],
    [["kill", "nobody"], /knows no task nobody/],
  ])("%j says why not", async (argv, says) => {
    const { master } = await cluster();
    const ran = await berth([...argv, "--master", master]);
    expect(ran).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(says) });
    expect(ran.stderr).toMatch(/^error: /);
  });

  it("means the master of this machine when none is named", async () => {
    const { master } = await cluster();
    expect(await berth(["ps"], {}, master)).toMatchObject({ code: 0, stdout: expect.stringContaining(id) });
  });

  it("runs nothing detached in a process that is about to end", async () => {
    const ran = await berth(["run", "--detach", "--image", "i"], {}, "127.0.0.1:1");
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: --detach needs a master that stays/) });
  });

  it("says what to do when no master answers", async () => {
    const ran = await berth(["ps", "--master", "127.0.0.1:1"]);
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringMatching(/127\.0\.0\.1:1.*berth agent.*--master/) });
  });

  it.each<[readonly string[], string]>([
    [["run", "--master", "ftp://h:1", "--image", "i"], "host:port"],
    [["run", "--master", "h:1", "--work-dir", "/w", "--image", "i"], "--work-dir does not go with --master"],
    [["run", "--detach", "--work-dir", "/w", "--image", "i"], "--detach needs a master that stays"],
    [["ps", "--master", "ftp://h"], "host:port"],
    [["ps", "--credential", "/nonexistent"], "cannot read --credential"],
  ])("%j is refused in words", async (argv, says) => {
    const ran = await berth(argv);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(says);
  });
});
