import { describe, expect, it } from "vitest";
import { inlineTask } from "../src/arguments/inline-task.ts";
import type { InlineTask } from "../src/arguments/parsed-command.ts";

const none: InlineTask = {
  image: "reg:5000/team/app:1@sha256:ab",
  env: [],
  uri: [],
  port: [],
  volume: [],
  forcePull: false,
  command: [],
};
const context = { env: { HERE: "yes" }, cwd: "/cwd" };
const make = (flags: Partial<InlineTask> = {}) => inlineTask({ ...none, ...flags }, context);

describe("a task from flags", () => {
  it("is named after its image and runs the image's own command on the host's network", () => {
    expect(make()).toEqual({
      name: "app",
      taskId: { value: "app" },
      resources: [],
      command: { shell: false },
      container: { type: "DOCKER", docker: { image: none.image, network: "HOST", forcePullImage: false } },
    });
  });

  it.each([
    [{ shell: "echo $A | wc" }, { shell: true, value: "echo $A | wc" }],
    [{ command: ["ls"] }, { shell: false, value: "ls" }],
    [{ command: ["ls", "-l", "/"] }, { shell: false, value: "ls", arguments: ["-l", "/"] }],
    [
      { user: "nobody", uri: ["http://h/f"] },
      { shell: false, user: "nobody", uris: [{ value: "http://h/f" }] },
    ],
    [
      { env: ["A=b=c", "HERE", "ABSENT", "EMPTY="] },
      {
        shell: false,
        environment: {
          variables: [
            { name: "A", value: "b=c" },
            { name: "HERE", value: "yes" },
            { name: "EMPTY", value: "" },
          ],
        },
      },
    ],
  ])("%j is a command", (flags, command) => {
    expect(make(flags).command).toEqual(command);
  });

  it("gets a bridge and a ports resource with --port", () => {
    const { container, resources } = make({ port: ["8080:80/TCP", "5353:53/udp"] });
    expect(container?.docker).toMatchObject({
      network: "BRIDGE",
      portMappings: [
        { hostPort: 8080, containerPort: 80, protocol: "tcp" },
        { hostPort: 5353, containerPort: 53, protocol: "udp" },
      ],
    });
    expect(resources).toEqual([
      {
        name: "ports",
        type: "RANGES",
        ranges: {
          range: [
            { begin: 8080n, end: 8080n },
            { begin: 5353n, end: 5353n },
          ],
        },
      },
    ]);
  });

  it.each([
    ["none", { network: "NONE" }, undefined],
    ["host", { network: "HOST" }, undefined],
    ["my-net", { network: "USER" }, [{ name: "my-net" }]],
  ])("--network %s", (network, docker, networkInfos) => {
    expect(make({ network }).container).toMatchObject({ docker, ...(networkInfos && { networkInfos }) });
  });

  it.each([
    ["/data:/d", { hostPath: "/data", containerPath: "/d", mode: "RW" }],
    ["./data:/d:ro", { hostPath: "/cwd/data", containerPath: "/d", mode: "RO" }],
    [
      "cache:/d",
      { source: { type: "DOCKER_VOLUME", dockerVolume: { name: "cache" } }, containerPath: "/d", mode: "RW" },
    ],
  ])("--volume %s", (volume, expected) => {
    expect(make({ volume: [volume] }).container?.volumes).toEqual([expected]);
  });

  it.each<[Partial<InlineTask>, string]>([
    [{ port: ["80"] }, "8080:80/tcp"],
    [{ port: ["0:80"] }, "1 to 65535"],
    [{ port: ["80:65536"] }, "1 to 65535"],
    [{ port: ["80:80/icmp"] }, "udp, sctp"],
    [{ port: ["80:80"], network: "host" }, "--network host"],
    [{ volume: ["/a"] }, "SOURCE:TARGET"],
    [{ volume: ["/a:/b:rx"] }, "SOURCE:TARGET"],
    [{ cpus: "0" }, "above 0"],
    [{ mem: "64MB" }, "megabytes"],
    [{ env: ["=x"] }, "NAME=VALUE"],
  ])("%j is wrong usage", (flags, says) => {
    expect(() => make(flags)).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringContaining(says) }),
    );
  });
});
