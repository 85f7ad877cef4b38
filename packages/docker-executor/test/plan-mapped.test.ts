import type { CommandInfo } from "@berth/proto/v1";
import { describe, expect, it } from "vitest";
import { body, dockerContainer, planned } from "./plan-fixtures.ts";
import { ports, scalar } from "./task-fixtures.ts";

const mebibyte = 1024 * 1024;

describe("command", () => {
  const rows: readonly [
    what: string,
    command: CommandInfo,
    entrypoint: string[] | undefined,
    cmd: string[] | undefined,
  ][] = [
    ["a shell", { value: "echo $A" }, ["/bin/sh"], ["-c", "echo $A"]],
    ["a shell with arguments", { shell: true, value: "x", arguments: ["a"] }, ["/bin/sh"], ["-c", "x"]],
    ["a value", { shell: false, value: "run" }, undefined, ["run"]],
    ["a value and arguments", { shell: false, value: "run", arguments: ["a", "b"] }, undefined, ["run", "a", "b"]],
    ["arguments alone", { shell: false, arguments: ["a", "b"] }, undefined, ["a", "b"]],
    ["nothing: the image's own", { shell: false }, undefined, undefined],
  ];
  it.each(rows)("%s", (_what, command, entrypoint, cmd) => {
    const { Entrypoint, Cmd } = body({ command });
    expect({ Entrypoint, Cmd }).toEqual({ Entrypoint: entrypoint, Cmd: cmd });
  });
});

describe("resources and limits", () => {
  const request = [scalar("cpus", 0.5), scalar("mem", 100)];
  it.each([
    ["request", {}, {}, { CpuShares: 512, Memory: 100 * mebibyte }],
    ["least", { resources: [scalar("cpus", 0.001), scalar("mem", 1)] }, {}, { CpuShares: 2, Memory: 32 * mebibyte }],
    ["request with CFS", {}, { cgroupsEnableCfs: true }, { CpuShares: 512, CpuQuota: 50_000, Memory: 100 * mebibyte }],
    [
      "limits",
      { limits: { cpus: { value: 2 }, mem: { value: 200 } } },
      {},
      {
        CpuShares: 512,
        CpuQuota: 200_000,
        Memory: 200 * mebibyte,
        MemoryReservation: 100 * mebibyte,
        OomScoreAdj: 994,
      },
    ],
    [
      "no limits at all",
      { limits: { cpus: { value: Number.POSITIVE_INFINITY }, mem: { value: Number.POSITIVE_INFINITY } } },
      { cgroupsEnableCfs: true },
      { CpuShares: 512, MemoryReservation: 100 * mebibyte, OomScoreAdj: 994 },
    ],
    [
      "more than the host has",
      { resources: [scalar("cpus", 1), scalar("mem", 100 * 1024 * 1024)], limits: { mem: { value: Infinity } } },
      {},
      { CpuShares: 1024, MemoryReservation: 100 * 1024 * 1024 * mebibyte, OomScoreAdj: -1000 },
    ],
    ["two of a kind", { resources: [scalar("cpus", 0.1), scalar("cpus", 0.2)] }, {}, { CpuShares: 307 }],
    ["none", { resources: [] }, {}, {}],
  ])("%s", (_what, task, settings, expected) => {
    const { CpuShares, CpuQuota, Memory, MemoryReservation, OomScoreAdj } =
      body({ resources: request, ...task }, settings).HostConfig ?? {};
    expect(JSON.parse(JSON.stringify({ CpuShares, CpuQuota, Memory, MemoryReservation, OomScoreAdj }))).toEqual(
      expected,
    );
  });
});

describe("volumes", () => {
  const sandbox = "/var/lib/berth/sandbox";
  it("come as binds, mounts and volumes, the sandbox last", () => {
    const { HostConfig } = body({
      container: dockerContainer({
        volumes: [
          { mode: "RW", containerPath: "/a", hostPath: "/host/a" },
          { mode: "RO", containerPath: "b", hostPath: "/host/b" },
          { mode: "RO", containerPath: "/c", hostPath: "/host/c:d" },
          { mode: "RW", containerPath: "/d", hostPath: "in/sandbox" },
          {
            mode: "RW",
            containerPath: "/e",
            source: { type: "SANDBOX_PATH", sandboxPath: { type: "SELF", path: "e" } },
          },
          {
            mode: "RO",
            containerPath: "/f",
            source: { type: "HOST_PATH", hostPath: { path: "/f", mountPropagation: { mode: "BIDIRECTIONAL" } } },
          },
          {
            mode: "RW",
            containerPath: "/g",
            source: {
              type: "DOCKER_VOLUME",
              dockerVolume: {
                name: "vol",
                driver: "local",
                driverOptions: { parameter: [{ key: "type", value: "tmpfs" }] },
              },
            },
          },
        ],
      }),
    });
    expect(HostConfig?.Binds).toEqual(["/host/a:/a:rw", "/host/b:/mnt/mesos/sandbox/b:ro"]);
    expect(HostConfig?.VolumeDriver).toBe("local");
    expect(HostConfig?.Mounts).toEqual([
      { Type: "bind", Source: "/host/c:d", Target: "/c", ReadOnly: true },
      { Type: "bind", Source: `${sandbox}/in/sandbox`, Target: "/d", ReadOnly: false },
      { Type: "bind", Source: `${sandbox}/e`, Target: "/e", ReadOnly: false },
      { Type: "bind", Source: "/f", Target: "/f", ReadOnly: true, BindOptions: { Propagation: "rshared" } },
      {
        Type: "volume",
        Source: "vol",
        Target: "/g",
        ReadOnly: false,
        VolumeOptions: { DriverConfig: { Name: "local", Options: { type: "tmpfs" } } },
      },
      { Type: "bind", Source: sandbox, Target: "/mnt/mesos/sandbox" },
    ]);
  });

  it("a relative host_path with a volume driver names a volume", () => {
    const container = dockerContainer(
      { volumes: [{ mode: "RW", containerPath: "/a", hostPath: "vol" }] },
      { volumeDriver: "local" },
    );
    expect(body({ container }).HostConfig?.Mounts?.[0]).toMatchObject({
      Type: "volume",
      Source: "vol",
      VolumeOptions: { DriverConfig: { Name: "local" } },
    });
  });
});

describe("network", () => {
  it.each([
    [undefined, "host"],
    ["HOST", "host"],
    ["BRIDGE", "bridge"],
    ["NONE", "none"],
  ] as const)("%s", (network, mode) => {
    expect(
      body({ container: dockerContainer({}, network === undefined ? {} : { network }) }).HostConfig?.NetworkMode,
    ).toBe(mode);
  });

  it("USER with a name and an address", () => {
    const container = dockerContainer(
      { networkInfos: [{ name: "a.b", ipAddresses: [{ ipAddress: "10.0.0.9" }] }] },
      { network: "USER" },
    );
    expect(body({ container })).toMatchObject({
      HostConfig: { NetworkMode: "a.b" },
      NetworkingConfig: { EndpointsConfig: { "a.b": { IPAMConfig: { IPv4Address: "10.0.0.9" } } } },
    });
  });

  it("says that publish-all takes ports which are not the task's", () => {
    const parameters = [{ key: "publish-all", value: "true" }];
    const container = dockerContainer({}, { network: "BRIDGE", parameters });
    expect(planned({ container }).plan.warnings).toEqual([
      "the engine chooses the host ports of publish-all; they are not the task's ports",
    ]);
  });

  it("says what has no effect", () => {
    const container = dockerContainer({ networkInfos: [{ name: "a" }, {}] }, { network: "BRIDGE" });
    expect(planned({ container }).plan.warnings).toEqual([
      "of container.network_infos only the first is used",
      "container.network_infos[].name has no effect with the network BRIDGE; it needs USER",
    ]);
  });

  it("is replaced by the first net or network parameter, and ports are judged by that", () => {
    const container = dockerContainer(
      {},
      {
        network: "HOST",
        portMappings: [{ hostPort: 31000, containerPort: 80, protocol: "UDP" }],
        parameters: [{ key: "net", value: "bridge" }],
      },
    );
    expect(body({ container, resources: [ports([31000, 31000])] })).toMatchObject({
      ExposedPorts: { "80/udp": {} },
      HostConfig: { NetworkMode: "bridge", PortBindings: { "80/udp": [{ HostPort: "31000" }] } },
    });
  });

  it("has the default DNS of its kind, unless a parameter speaks of DNS", () => {
    const defaultDns = [
      { networkMode: "BRIDGE" as const, nameservers: ["10.0.0.1"], search: ["s"], options: ["o"] },
      { networkMode: "USER" as const, nameservers: ["10.0.0.2"] },
      { networkMode: "USER" as const, networkName: "n", nameservers: ["10.0.0.3"] },
    ];
    const dnsOf = (container: ReturnType<typeof dockerContainer>) =>
      body({ container }, { defaultDns }).HostConfig?.Dns;
    expect(dnsOf(dockerContainer({}, { network: "BRIDGE" }))).toEqual(["10.0.0.1"]);
    expect(dnsOf(dockerContainer({ networkInfos: [{ name: "m" }] }, { network: "USER" }))).toEqual(["10.0.0.2"]);
    expect(dnsOf(dockerContainer({ networkInfos: [{ name: "n" }] }, { network: "USER" }))).toEqual(["10.0.0.3"]);
    expect(dnsOf(dockerContainer({}))).toBeUndefined();
    const search = { parameters: [{ key: "dns-search", value: "x" }] };
    const spoken = body(
      { container: dockerContainer({}, { network: "BRIDGE", ...search }) },
      { defaultDns },
    ).HostConfig;
    expect(spoken).toMatchObject({ DnsSearch: ["x"] });
    expect(spoken?.Dns).toBeUndefined();
  });
});

describe("what the original skips", () => {
  it("linux_info, rlimit_info, tty_info and the user", () => {
    const container = dockerContainer({
      ttyInfo: { windowSize: { rows: 10, columns: 20 } },
      rlimitInfo: { rlimits: [{ type: "RLMT_CORE" }, { type: "RLMT_NOFILE", soft: 1n, hard: 2n }] },
      linuxInfo: {
        effectiveCapabilities: { capabilities: ["NET_ADMIN"] },
        boundingCapabilities: { capabilities: ["NET_ADMIN"] },
        shmSize: 128,
        ipcMode: "PRIVATE",
        sharePidNamespace: true,
        seccomp: { unconfined: true },
      },
    });
    expect(body({ container, command: { shell: false, user: "nobody" } })).toMatchObject({
      Tty: true,
      User: "nobody",
      HostConfig: {
        ConsoleSize: [10, 20],
        Ulimits: [
          { Name: "core", Soft: -1, Hard: -1 },
          { Name: "nofile", Soft: 1, Hard: 2 },
        ],
        CapDrop: ["ALL"],
        CapAdd: ["CAP_NET_ADMIN"],
        ShmSize: 128 * mebibyte,
        IpcMode: "private",
        PidMode: "host",
        SecurityOpt: ["seccomp=unconfined"],
      },
    });
  });
});

describe("the whole request", () => {
  it("merges parameters as docker run would after the task's own options", () => {
    const parameters = [
      ["env", "A=2"],
      ["volume", "/x:/y"],
      ["cap-add", "SYS_TIME"],
      ["label", "team=sea"],
      ["hostname", "boat"],
      ["ulimit", "nofile=5:6"],
      ["entrypoint", "/init"],
    ].map(([key, value]) => ({ key, value }));
    const merged = body({
      command: { value: "x", environment: { variables: [{ name: "A", value: "1" }] } },
      container: dockerContainer(
        { rlimitInfo: { rlimits: [{ type: "RLMT_NOFILE", soft: 1n, hard: 2n }] } },
        { network: "BRIDGE", parameters },
      ),
    });
    expect(merged).toMatchObject({ Hostname: "boat", Entrypoint: ["/init"], Cmd: ["-c", "x"] });
    expect(merged.Env?.filter((entry) => entry.startsWith("A="))).toEqual(["A=1", "A=2"]);
    expect(merged.Labels).toMatchObject({ team: "sea", "berth.agent_id": expect.any(String) as string });
    expect(merged.HostConfig).toMatchObject({
      Binds: ["/x:/y"],
      CapAdd: ["CAP_SYS_TIME"],
      Ulimits: [{ Name: "nofile", Soft: 5, Hard: 6 }],
    });
  });

  it("has a hash that depends on what is asked for alone", () => {
    const launch = { containerId: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff" };
    const task = { taskId: { value: "t" }, command: { value: "x" } };
    expect(planned(task, {}, launch).specHash).toBe(planned(task, {}, launch).specHash);
    expect(planned({ ...task, command: { value: "y" } }, {}, launch).specHash).not.toBe(
      planned(task, {}, launch).specHash,
    );
  });

  it("has a hash that does not give a secret away", () => {
    const launch = { containerId: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff" };
    const hashWith = (data: string) => {
      const secret = { type: "VALUE" as const, value: { data: Buffer.from(data) } };
      const variables = [{ name: "PIN", type: "SECRET" as const, secret }];
      const found = planned(
        { taskId: { value: "t" }, command: { value: "x", environment: { variables } } },
        {},
        launch,
      );
      expect(found.plan.body.Env).toContain(`PIN=${data}`);
      return found.specHash;
    };
    expect(hashWith("1234")).toBe(hashWith("5678"));
  });

  it("carries the kill policy for an engine that shuts down, and no standing of its own on restarts", () => {
    expect(body({}).StopTimeout).toBe(5);
    expect(body({ killPolicy: { gracePeriod: { nanoseconds: 1_500_000_000n } } }).StopTimeout).toBe(2);
    expect(body({}).HostConfig?.RestartPolicy).toBeUndefined();
  });
});
