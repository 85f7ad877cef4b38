import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ContainerCreateBody } from "@berth/engine-client";
import { expect, it } from "vitest";
import { renderDockerRun } from "../src/render/render-docker-run.ts";

const run = promisify(execFile);

const body: ContainerCreateBody = {
  Image: "registry.example.org:5000/app:1",
  Hostname: "web",
  Env: ["MESOS_SANDBOX=/mnt/mesos/sandbox", 'QUOTE=it\'s "here" $HOME `id` \\', "TOKEN=s3cret"],
  Entrypoint: ["/bin/sh", "-e"],
  Cmd: ["-c", "echo 'a  b' && sleep 1\necho done"],
  Labels: { "berth.task_id": "task 1" },
  ExposedPorts: { "80/tcp": {}, "9/udp": {} },
  HostConfig: {
    NetworkMode: "backend",
    Memory: 64 * 1024 ** 2,
    CpuShares: 102,
    NanoCpus: 1_500_000_000,
    Binds: ["/var/lib/berth/slaves/S0/runs/latest:/mnt/mesos/sandbox"],
    PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "31000" }], "53/udp": [{ HostIp: "::1", HostPort: "31001" }] },
    LogConfig: { Type: "json-file", Config: { "max-size": "10m" } },
    RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 },
    Init: false,
    CapAdd: ["CAP_NET_ADMIN"],
  },
  NetworkingConfig: { EndpointsConfig: { backend: { Aliases: ["Web"], IPAMConfig: { IPv4Address: "10.0.0.9" } } } },
};

const rendered = renderDockerRun({
  body,
  name: "mesos-S0.c1",
  platform: "linux/amd64",
  pull: "never",
  hiddenVariables: new Set(["TOKEN"]),
});

it("names every part of the request", () => {
  expect(rendered.args).toEqual([
    "--name=mesos-S0.c1",
    "--platform=linux/amd64",
    "--pull=never",
    "--hostname=web",
    "--entrypoint=/bin/sh",
    "--env=MESOS_SANDBOX=/mnt/mesos/sandbox",
    '--env=QUOTE=it\'s "here" $HOME `id` \\',
    "--env=TOKEN=***",
    "--label=berth.task_id=task 1",
    "--expose=9/udp",
    "--network=backend",
    "--network-alias=Web",
    "--ip=10.0.0.9",
    "--memory=64m",
    "--cpus=1.5",
    "--cpu-shares=102",
    "--volume=/var/lib/berth/slaves/S0/runs/latest:/mnt/mesos/sandbox",
    "--publish=31000:80",
    "--publish=[::1]:31001:53/udp",
    "--cap-add=CAP_NET_ADMIN",
    "--init=false",
    "--log-driver=json-file",
    "--log-opt=max-size=10m",
    "--restart=on-failure:2",
    "registry.example.org:5000/app:1",
    "-e",
    "-c",
    "echo 'a  b' && sleep 1\necho done",
  ]);
  expect(rendered.inexpressible).toEqual([]);
  expect(rendered.line).not.toContain("s3cret");
});

it.each(["line", "multiline"] as const)("quotes the %s so that a shell hands docker the same words", async (form) => {
  const script = `docker() { shift; printf '%s\\0' "$@"; }\n${rendered[form]}`;
  const { stdout } = await run("/bin/sh", ["-c", script]);
  expect(stdout.split("\0").slice(0, -1)).toEqual(rendered.args);
});

it("puts an option on each line of the long form", () => {
  const short = renderDockerRun({ body: { Image: "a", Cmd: ["b", "c"], Tty: true, User: "nobody" } });
  expect(short.multiline).toBe("docker run \\\n  --user=nobody \\\n  --tty \\\n  a b c");
});

it.each<[string, Partial<ContainerCreateBody>]>([
  ["Healthcheck.Test", { Healthcheck: { Test: ["CMD", "true"] } }],
  ["NetworkDisabled", { NetworkDisabled: true }],
  ["HostConfig.MaskedPaths", { HostConfig: { MaskedPaths: ["/proc/kcore"] } }],
  ["HostConfig.ReadonlyPaths", { HostConfig: { ReadonlyPaths: [] } }],
  ["HostConfig.KernelMemoryTCP", { HostConfig: { KernelMemoryTCP: 1 } }],
  [
    "HostConfig.Devices[/dev/a:b]",
    { HostConfig: { Devices: [{ PathOnHost: "/dev/a:b", PathInContainer: "/dev/x", CgroupPermissions: "r" }] } },
  ],
  ["HostConfig.DeviceRequests", { HostConfig: { DeviceRequests: [{ Capabilities: [["tpu"]] }] } }],
  [
    "HostConfig.Mounts[/t].TmpfsOptions.Options",
    { HostConfig: { Mounts: [{ Type: "tmpfs", Target: "/t", TmpfsOptions: { Options: [["noexec"]] } }] } },
  ],
  [
    "NetworkingConfig.EndpointsConfig.Two",
    { HostConfig: { NetworkMode: "one" }, NetworkingConfig: { EndpointsConfig: { one: {}, Two: { Aliases: ["x"] } } } },
  ],
])("says that docker run has no option for %s", (field, part) => {
  expect(renderDockerRun({ body: { Image: "a", ...part } }).inexpressible).toEqual([field]);
});
