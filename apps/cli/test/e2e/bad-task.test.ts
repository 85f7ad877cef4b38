import { chmod, chown, readdir, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { berthWorld, dockerTask } from "./berth.ts";

// None of these may get as far as an engine: this one does not exist.
const nowhere = "/nonexistent/docker.sock";
const task = (overrides: object = {}) => ({ ...dockerTask("i:1", { shell: false }), ...overrides });
const container = (docker: object, rest: object = {}) => ({
  container: { type: "DOCKER", docker: { image: "i:1", ...docker }, ...rest },
});

describe("a task that cannot be, from the command line", () => {
  it.each([
    { what: "malformed JSON", text: '{\n  "name": "t",\n  "task_id" {}\n}', says: ["task.json:3:13"] },
    {
      what: "an unknown field",
      text: JSON.stringify(task(container({ imag: "x" })), undefined, 2),
      says: ["container.docker.imag: unknown field, did you mean image?", /task\.json:\d+:\d+: /],
    },
    { what: "a missing field", text: '{"name": "t"}', says: ["task_id: ", "task.json:1:"] },
    { what: "a malformed reference", text: JSON.stringify(task(container({ image: "UPPER:x:y" }))), says: ["image"] },
    {
      what: "a port outside the resources",
      text: JSON.stringify(
        task({
          ...container({ network: "BRIDGE", port_mappings: [{ host_port: 80, container_port: 80 }] }),
          resources: [{ name: "ports", type: "RANGES", ranges: { range: [{ begin: 31000, end: 32000 }] } }],
        }),
      ),
      says: ["container.docker.port_mappings[0]", "ports"],
    },
    {
      what: "a hostname with the host network",
      text: JSON.stringify(task(container({ network: "HOST" }, { hostname: "h" }))),
      says: ["container.hostname"],
    },
    {
      what: "two volume drivers",
      text: JSON.stringify(
        task(
          container(
            {},
            {
              volumes: ["a", "b"].map((driver) => ({
                container_path: `/${driver}`,
                mode: "RW",
                source: { type: "DOCKER_VOLUME", docker_volume: { driver, name: driver } },
              })),
            },
          ),
        ),
      ),
      says: ["driver", "container.volumes[1]"],
    },
    {
      what: "an unknown and a refused parameter",
      text: JSON.stringify(
        task(
          container({
            parameters: [
              { key: "memroy", value: "1g" },
              { key: "restart", value: "always" },
            ],
          }),
        ),
      ),
      says: ["container.docker.parameters[0]", "did you mean", "container.docker.parameters[1]"],
    },
    {
      what: "a health check",
      text: JSON.stringify(task({ health_check: { type: "COMMAND", command: { value: "true" } } })),
      says: ["health_check"],
    },
    {
      what: "a URI that leads out of the sandbox",
      text: JSON.stringify(task({ command: { shell: false, uris: [{ value: "http://h/f", output_file: "../f" }] } })),
      says: ["command.uris[0].output_file", "within the sandbox"],
    },
    ...["a/b", "..", "a\0b", "x".repeat(256), "   ", ""].map((value) => ({
      what: `the task id ${JSON.stringify(value.slice(0, 9))}`,
      text: JSON.stringify(task({ task_id: { value } })),
      says: ["task_id"],
    })),
  ])("$what", async ({ text, says }) => {
    const world = await berthWorld(nowhere);
    await writeFile(path.join(world.folder, "task.json"), text);
    const [ran, validated] = await Promise.all([world.run(["run", "task.json"]), world.run(["validate", "task.json"])]);
    expect({ run: ran.code, validate: validated.code, stdout: ran.stdout }).toEqual({
      run: 125,
      validate: 1,
      stdout: "",
    });
    expect(ran.stderr).toBe(validated.stderr);
    for (const part of says) expect(ran.stderr).toMatch(part);
    expect(ran.stderr).not.toMatch(/\n\s+at .*\.ts/);
    expect(ran.stderr.split("\n").length).toBeLessThan(30);
    expect(await readdir(world.folder)).toEqual(["task.json"]);
  });

  it.each([
    { args: ["run", "absent.json"], code: 2, says: "cannot read absent.json: there is no such file" },
    { args: ["run", "."], code: 2, says: "it is a folder" },
    { args: ["run", "--image", "i", "--port", "x"], code: 2, says: "8080:80/tcp" },
    { args: ["run", "--image", "i", "--bogus"], code: 2, says: "unknown option" },
    { args: ["run", "--fetcher-stall-timeout", "1h", "--image", "i"], code: 2, says: "hrs" },
    { args: ["run", "--image", "i:1"], code: 125, says: "/nonexistent/docker.sock" },
    { args: ["run", "--docker-socket", "other.sock", "--image", "i:1"], code: 125, says: "other.sock" },
    { args: ["run", "--docker-socket", "tcp://h:1", "--image", "i:1"], code: 2, says: "DOCKER_HOST=tcp://h:1" },
  ])("$args", async ({ args, code, says }) => {
    const world = await berthWorld(nowhere);
    const ran = await world.run(args);
    expect(ran).toMatchObject({ code, stdout: "" });
    expect(ran.stderr).toMatch(/^error: /);
    expect(ran.stderr).toContain(says);
    expect(ran.stderr.split("\n").length).toBeLessThan(6);
    expect(await readdir(world.folder)).toEqual([]);
  });

  it("an engine that has stopped: the socket is there and nobody listens", async () => {
    const world = await berthWorld(nowhere);
    const socket = path.join(world.folder, "dead.sock");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    // Renamed, so that closing does not take it away.
    await rename(socket, `${socket}.kept`);
    await new Promise((resolve) => server.close(resolve));
    const ran = await world.run(["run", "--docker-socket", `${socket}.kept`, "--image", "i:1"]);
    expect(ran.code).toBe(125);
    expect(ran.stderr).toContain("dead.sock.kept");
  });

  it.skipIf(process.getuid?.() !== 0)("a socket without permission", async () => {
    const world = await berthWorld(nowhere);
    const socket = path.join(world.folder, "root.sock");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    await chmod(socket, 0o600);
    await chown(world.folder, 65_534, 65_534);
    const ran = await world.run(["run", "--docker-socket", socket, "--image", "i:1"], { uid: 65_534 });
    await new Promise((resolve) => server.close(resolve));
    expect(ran.code).toBe(125);
    expect(ran.stderr).toMatch(/permission/i);
    expect(ran.stderr).toContain("root.sock");
  });
});
