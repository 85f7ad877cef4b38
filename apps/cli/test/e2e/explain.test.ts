import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { berthWorld, dockerTask } from "./berth.ts";

const nowhere = "/nonexistent/docker.sock";

describe("berth explain", () => {
  it("prints a docker run line that a shell reads, and what is fetched, and touches nothing", async () => {
    const world = await berthWorld(nowhere);
    const command = {
      shell: true,
      value: "echo it's $HOME",
      environment: {
        variables: [
          { name: "A", value: "b c" },
          {
            name: "TOKEN",
            type: "SECRET",
            secret: { type: "VALUE", value: { data: Buffer.from("hush").toString("base64") } },
          },
        ],
      },
      uris: [
        { value: "https://ann:pw@example.com/data.tgz", cache: true },
        { value: "tool", executable: true, output_file: "bin/tool" },
      ],
    };
    await world.task(
      dockerTask("reg:5000/app:1", command, {
        docker: { force_pull_image: true, parameters: [{ key: "cap-add", value: "NET_ADMIN" }] },
      }),
    );
    const ran = await world.run(["explain", "task.json"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain(
      "# fetched into the sandbox: https://example.com/data.tgz -> data.tgz (extracted, through the cache)\n",
    );
    expect(ran.stdout).toMatch(/^mkdir -p -m 0750 \/.*\/runs\/00000000-0000-4000-8000-000000000000$/m);
    expect(ran.stdout).toContain("# fetched into the sandbox: tool -> bin/tool (executable)\n");
    expect(ran.stdout).not.toMatch(/hush|ann:pw/);
    // What a shell makes of it: the words that docker would get.
    const script = `docker() { printf '%s\\n' "$@"; }\n${ran.stdout}`;
    const { stdout } = await promisify(execFile)("sh", ["-c", script]);
    const words = stdout.trimEnd().split("\n");
    expect(words[0]).toBe("run");
    expect(words).toEqual(
      expect.arrayContaining([
        "--env=A=b c",
        "--pull=always",
        "--memory=64m",
        "--network=none",
        "--cap-add=CAP_NET_ADMIN",
        "--entrypoint=/bin/sh",
      ]),
    );
    expect(words.slice(-3)).toEqual(["reg:5000/app:1", "-c", "echo it's $HOME"]);
    expect(await readdir(world.folder)).toEqual(["task.json"]);
  });

  it("takes flags too, and says every fault of a bad task with exit code 1", async () => {
    const world = await berthWorld(nowhere);
    const good = await world.run(["explain", "--image", "nginx:1", "--port", "8080:80"]);
    expect(good.code).toBe(0);
    expect(good.stdout).toContain("--publish=8080:80");
    await world.task(dockerTask("i:1", { shell: true }));
    const bad = await world.run(["explain", "task.json"]);
    expect(bad).toMatchObject({ code: 1, stdout: "" });
    expect(bad.stderr).toMatch(/task\.json:\d+:\d+: command/);
  });
});

describe("berth validate", () => {
  it("says that a task is valid, from a file or stdin", async () => {
    const world = await berthWorld(nowhere);
    const task = dockerTask("i:1", { shell: false });
    await world.task(task);
    expect(await world.run(["validate", "task.json"])).toMatchObject({
      code: 0,
      stdout: "task.json is valid\n",
      stderr: "",
    });
    const ran = await world.run(["validate", "-"], { stdin: JSON.stringify(task) });
    expect(ran).toMatchObject({ code: 0, stdout: "stdin is valid\n" });
  });
});

describe("berth --version", () => {
  it("is the version of the package", async () => {
    const world = await berthWorld(nowhere);
    expect((await world.run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
