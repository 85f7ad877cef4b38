import { mkdir, readFile, readlink, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { findEngine } from "@berth/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { berthWorld, dockerTask, sandboxFiles, states, testImage } from "./berth.ts";

const engine = await findEngine();
const socketPath = engine?.socketPath ?? "";
let image = "";

beforeAll(async () => {
  if (engine !== undefined) image = await testImage(socketPath);
});

describe.skipIf(engine === undefined)("berth run", () => {
  it("shows the task's output byte for byte, its states in order, and keeps the sandbox", async () => {
    const world = await berthWorld(socketPath);
    const ran = await world.run([
      "run",
      "--image",
      image,
      "--shell",
      "printf 'a\\000\\377b'; echo oops >&2; printf 'no end'",
    ]);
    expect(ran).toMatchObject({ code: 0, stdout: "a\0\xffbno end" });
    expect(ran.stderr).toMatch(/^oops$/m);
    expect(states(ran)).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
    expect(ran.sandbox).toMatch(
      new RegExp(
        `^${world.workDirectory}/slaves/[0-9a-f-]{36}-S0/frameworks/[0-9a-f-]{36}-0000/executors/busybox/runs/[0-9a-f-]{36}$`,
      ),
    );
    const sandbox = ran.sandbox ?? "";
    expect((await readFile(path.join(sandbox, "stdout"))).toString("latin1")).toBe(ran.stdout);
    expect(await readlink(path.join(sandbox, "../latest"))).toBe(path.basename(sandbox));
    expect((await stat(sandbox)).mode & 0o777).toBe(0o750);
    expect(await world.containers()).toEqual([]);
  });

  it("writes one status a line with --json, and the task's output only to the sandbox", async () => {
    const world = await berthWorld(socketPath);
    const ran = await world.run(["run", "--json", "--image", image, "--shell", "echo hidden"]);
    const statuses = ran.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(statuses.map(({ state }) => state)).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
    expect(statuses[1]).toMatchObject({ task_id: { value: "busybox" }, executor_id: { value: "busybox" } });
    expect(ran.stdout).not.toContain("hidden\n");
    expect(await readFile(path.join(ran.sandbox ?? "", "stdout"), "utf8")).toBe("hidden\n");
  });

  it("runs a task from stdin, and one from a file with URIs that stand beside it", async () => {
    const world = await berthWorld(socketPath);
    await writeFile(path.join(world.folder, "beside.txt"), "from beside\n");
    const task = dockerTask(image, {
      shell: true,
      value: "cat $MESOS_SANDBOX/beside.txt",
      uris: [{ value: "beside.txt" }],
    });
    const fromStdin = await world.run(["run", "-"], { stdin: JSON.stringify(task) });
    expect(fromStdin).toMatchObject({ code: 0, stdout: "from beside\n" });
    const elsewhere = path.join(world.folder, "elsewhere");
    await mkdir(elsewhere);
    const ran = await world.run(["run", await world.task(task)], { cwd: elsewhere });
    expect(ran).toMatchObject({ code: 0, stdout: "from beside\n" });
    expect(await sandboxFiles(ran)).toEqual(["beside.txt"]);
    expect(ran.stderr).toContain("fetched beside.txt (12 B)");
  });

  it.each([
    { shell: "exit 7", code: 7, last: "TASK_FAILED" },
    { shell: "kill -9 $$", code: 137, last: "TASK_FAILED" },
    { shell: "kill -15 $$; sleep 9", code: 143, last: "TASK_FAILED" },
  ])("exits with $code after $shell", async ({ shell, code, last }) => {
    const world = await berthWorld(socketPath);
    // Not as pid 1, which the kernel guards from signals of its own namespace.
    const ran = await world.run(["run", "--image", image, "--shell", `sh -c '${shell}'; exit $?`]);
    expect({ code: ran.code, last: states(ran).at(-1) }).toEqual({ code, last });
  });

  it("exits with 137 and says so when memory ran out", async () => {
    const world = await berthWorld(socketPath);
    const ran = await world.run(["run", "--image", image, "--mem", "32", "--shell", "tail /dev/zero"]);
    expect(ran.code).toBe(137);
    expect(ran.stderr).toContain("REASON_CONTAINER_LIMITATION_MEMORY");
  });

  it("exits with 124 when max_completion_time is over, with no container left", async () => {
    const world = await berthWorld(socketPath);
    const task = dockerTask(
      image,
      { shell: true, value: "sleep 1000" },
      { max_completion_time: { nanoseconds: 300_000_000 } },
    );
    const ran = await world.run(["run", await world.task(task)]);
    expect(ran.code).toBe(124);
    expect(ran.stderr).toContain("REASON_MAX_COMPLETION_TIME_REACHED");
    expect(await world.containers()).toEqual([]);
  });

  it("passes variables, volumes and the user on", async () => {
    const world = await berthWorld(socketPath);
    await mkdir(path.join(world.folder, "data"));
    await writeFile(path.join(world.folder, "data/f"), "volume");
    const flags = [
      "--env",
      "A=b c",
      "--env",
      "FROM_US",
      "--volume",
      "./data:/data:ro",
      "--user",
      "65534:1234",
      "--network",
      "none",
    ];
    const shell =
      'echo "$A $FROM_US $(cat /data/f) $(id -u):$(id -g)"; touch $MESOS_SANDBOX/mine; touch /data/g || echo ro';
    const ran = await world.run(["run", "--image", image, ...flags, "--shell", shell], { env: { FROM_US: "ours" } });
    expect(ran).toMatchObject({ code: 0, stdout: "b c ours volume 65534:1234\nro\n" });
    expect(await stat(path.join(ran.sandbox ?? "", "mine"))).toMatchObject({ uid: 65_534, gid: 1234 });
    expect(await stat(ran.sandbox ?? "")).toMatchObject({ uid: 65_534, gid: 1234 });
  });

  it("several at once in one work dir do not get into each other's way", async () => {
    const world = await berthWorld(socketPath);
    const runs = ["one", "two", "three"].map((word) => world.run(["run", "--image", image, "--", "echo", word]));
    expect((await Promise.all(runs)).map(({ stdout }) => stdout)).toEqual(["one\n", "two\n", "three\n"]);
  });
});
