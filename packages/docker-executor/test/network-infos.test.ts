import type { ContainerInspect } from "@berth/engine-client";
import { describe, expect, it } from "vitest";
import { networkInfos } from "../src/status/network-infos.ts";

const inspect = (mode: string, networks: ContainerInspect["NetworkSettings"]["Networks"]): ContainerInspect => ({
  Id: "c",
  Name: "/c",
  Created: "",
  Image: "",
  Config: {},
  HostConfig: { NetworkMode: mode },
  State: {
    Status: "running",
    Running: true,
    Paused: false,
    Restarting: false,
    OOMKilled: false,
    Dead: false,
    Pid: 1,
    ExitCode: 0,
    Error: "",
    StartedAt: "",
    FinishedAt: "",
  },
  NetworkSettings: { Networks: networks ?? {} },
});

const here = { IPAddress: "10.0.0.2" };
const both = { IPAddress: "10.0.0.2", GlobalIPv6Address: "fd00::2" };

describe("the addresses of a container", () => {
  it.each([
    { what: "by the network's name", mode: "net.a", networks: { other: { IPAddress: "10.9.9.9" }, "net.a": here } },
    { what: "on the default bridge", mode: "default", networks: { bridge: here } },
    // What engine 20.10 shows for `--network <id>`: the mode is the id, the key the name.
    { what: "by the network's id", mode: "c44953230039", networks: { "net.a": here } },
  ])("are found $what", ({ mode, networks }) => {
    expect(networkInfos({}, inspect(mode, networks))).toEqual([{ ipAddresses: [{ ipAddress: "10.0.0.2" }] }]);
  });

  it("come in a copy of the task's first entry, IPv6 by name", () => {
    const task = { container: { networkInfos: [{ name: "n", ipAddresses: [{ ipAddress: "10.0.0.9" }] }] } };
    expect(networkInfos(task, inspect("n", { n: both }))).toEqual([
      { name: "n", ipAddresses: [{ ipAddress: "10.0.0.2" }, { protocol: "IPv6", ipAddress: "fd00::2" }] },
    ]);
  });

  it("are none on the host's network, and none that only one of several could be", () => {
    expect(networkInfos({}, inspect("host", { host: { IPAddress: "" } }))).toBeUndefined();
    expect(networkInfos({}, inspect("c44953230039", { a: here, b: here }))).toBeUndefined();
  });
});
