import type { TaskInfo, Volume } from "@berth/proto/v1";
import { describe, expect, it } from "vitest";
import type { DockerLaunch } from "../src/index.ts";
import { dockerContainer, faults } from "./plan-fixtures.ts";
import { ports, scalar } from "./task-fixtures.ts";

const volume = (changes: Partial<Volume>): Volume => ({ mode: "RW", containerPath: "/v", ...changes });
const parameter = (key: string, value: string) => dockerContainer({}, { parameters: [{ key, value }] });
const ulimit = (soft: bigint | undefined, hard: bigint | undefined) => ({ type: "RLMT_NOFILE" as const, soft, hard });

const rows: readonly [what: string, task: Partial<TaskInfo>, path: string, words: RegExp][] = [
  ["task id with a slash", { taskId: { value: "a/b" } }, "task_id", /holds "\/"/],
  ["task id ..", { taskId: { value: ".." } }, "task_id", /names a folder/],
  ["task id with NUL", { taskId: { value: "a\0b" } }, "task_id", /U\+0000/],
  ["task id of 256 bytes", { taskId: { value: "é".repeat(128) } }, "task_id", /256 bytes/],
  ["task id of spaces", { taskId: { value: "   " } }, "task_id", /spaces only/],
  ["no task id", { taskId: undefined }, "task_id", /is empty/],
  ["no command", { command: undefined }, "command", /is missing/],
  ["shell without a value", { command: {} }, "command.value", /Shell specified but no command value provided/],
  ["custom executor", { executor: {} }, "executor", /custom executors/],
  ["check", { check: {} }, "check", /not supported yet/],
  ["health check", { healthCheck: {} }, "health_check", /not supported yet/],
  ["no container", { container: undefined }, "container", /is missing/],
  ["the other containerizer", { container: { type: "MESOS" } }, "container.type", /MESOS is not run here/],
  ["no image", { container: { type: "DOCKER", docker: {} } }, "container.docker.image", /name an image/],
  ["gpus", { resources: [scalar("gpus", 1)] }, "resources[0]", /gpus are not supported/],
  [
    "persistent volume",
    { resources: [{ ...scalar("disk", 1), disk: { persistence: { id: "p" } } }] },
    "resources[0].disk",
    /persistent/,
  ],
  ["limit without request", { resources: [], limits: { mem: { value: 10 } } }, "limits.mem", /needs a mem resource/],
  ["limit below request", { limits: { mem: { value: 10 } } }, "limits.mem", /below/],
  ["limit of another kind", { limits: { disk: { value: 10 } } }, "limits.disk", /only cpus and mem/],
  ["negative amount", { resources: [scalar("cpus", -1)] }, "resources[0].scalar.value", /no amount/],
  ["endless amount", { resources: [scalar("mem", 1e300)] }, "resources[0].scalar.value", /more than any machine has/],
  ["endless limit", { limits: { mem: { value: 1e300 } } }, "limits.mem", /write Infinity for no limit/],
  ["negative grace", { killPolicy: { gracePeriod: { nanoseconds: -1n } } }, "kill_policy.grace_period", /negative/],
  [
    "port outside the resources",
    {
      resources: [ports([31000, 31001])],
      container: dockerContainer({}, { network: "BRIDGE", portMappings: [{ hostPort: 80, containerPort: 80 }] }),
    },
    "container.docker.port_mappings[0].host_port",
    /Port \[80\] not included in resources.*31000-31001/,
  ],
  [
    "port without ports",
    { container: dockerContainer({}, { network: "BRIDGE", portMappings: [{ hostPort: 80, containerPort: 80 }] }) },
    "container.docker.port_mappings[0].host_port",
    /require a ports resource/,
  ],
  [
    "port on the host network",
    {
      resources: [ports([80, 80])],
      container: dockerContainer({}, { portMappings: [{ hostPort: 80, containerPort: 80 }] }),
    },
    "container.docker.port_mappings",
    /not supported with the network host/,
  ],
  [
    "published port outside the resources",
    {
      resources: [ports([31000, 31001])],
      container: dockerContainer({}, { network: "BRIDGE", parameters: [{ key: "publish", value: "80:80" }] }),
    },
    "container.docker.parameters",
    /Port \[80\] not included/,
  ],
  ["hostname on the host network", { container: dockerContainer({ hostname: "x" }) }, "container.hostname", /host/],
  [
    "user network without a name",
    { container: dockerContainer({}, { network: "USER" }) },
    "container.network_infos",
    /is missing/,
  ],
  [
    "two user networks",
    { container: dockerContainer({ networkInfos: [{ name: "a" }, { name: "b" }] }, { network: "USER" }) },
    "container.network_infos",
    /more than one/,
  ],
  [
    "two volume drivers",
    {
      container: dockerContainer({
        volumes: ["a", "b"].map((driver) =>
          volume({
            containerPath: `/${driver}`,
            source: { type: "DOCKER_VOLUME", dockerVolume: { driver, name: driver } },
          }),
        ),
      }),
    },
    "container.volumes[1].source.docker_volume.driver",
    /Only one volume driver is supported/,
  ],
  [
    "volume without a source",
    { container: dockerContainer({ volumes: [volume({})] }) },
    "container.volumes[0]",
    /neither host_path nor source/,
  ],
  [
    "volume from an image",
    { container: dockerContainer({ volumes: [volume({ image: {} })] }) },
    "container.volumes[0].image",
    /mesos/,
  ],
  [
    "volume from a secret",
    { container: dockerContainer({ volumes: [volume({ source: { type: "SECRET" } })] }) },
    "container.volumes[0].source",
    /secrets/,
  ],
  [
    "CSI volume",
    { container: dockerContainer({ volumes: [volume({ source: { type: "CSI_VOLUME" } })] }) },
    "container.volumes[0].source",
    /CSI/,
  ],
  [
    "volume of the parent",
    {
      container: dockerContainer({
        volumes: [volume({ source: { type: "SANDBOX_PATH", sandboxPath: { type: "PARENT", path: "a" } } })],
      }),
    },
    "container.volumes[0].source.sandbox_path.type",
    /PARENT/,
  ],
  [
    "volume out of the sandbox",
    {
      container: dockerContainer({
        volumes: [volume({ source: { type: "SANDBOX_PATH", sandboxPath: { type: "SELF", path: "a/../../b" } } })],
      }),
    },
    "container.volumes[0].source.sandbox_path.path",
    /stays inside/,
  ],
  [
    "both paths relative",
    { container: dockerContainer({ volumes: [volume({ hostPath: "a", containerPath: "b" })] }) },
    "container.volumes[0]",
    /relative/,
  ],
  [
    "two volumes at one place",
    {
      container: dockerContainer({
        volumes: [volume({ hostPath: "/a" }), volume({ hostPath: "/b", containerPath: "/v/" })],
      }),
    },
    "container.volumes[1].container_path",
    /taken by container\.volumes\[0\]/,
  ],
  [
    "volume over the sandbox",
    { container: dockerContainer({ volumes: [volume({ hostPath: "/a", containerPath: "/mnt/mesos/sandbox" })] }) },
    "container.volumes[0].container_path",
    /the sandbox/,
  ],
  [
    "volume over the root",
    { container: dockerContainer({ volumes: [volume({ hostPath: "/a", containerPath: "/" })] }) },
    "container.volumes[0].container_path",
    /root/,
  ],
  [
    "one rlimit value",
    { container: dockerContainer({ rlimitInfo: { rlimits: [ulimit(1n, undefined)] } }) },
    "container.rlimit_info.rlimits[0]",
    /only one/,
  ],
  [
    "soft above hard",
    { container: dockerContainer({ rlimitInfo: { rlimits: [ulimit(2n, 1n)] } }) },
    "container.rlimit_info.rlimits[0].soft",
    /above/,
  ],
  [
    "RLMT_AS",
    { container: dockerContainer({ rlimitInfo: { rlimits: [{ type: "RLMT_AS" }] } }) },
    "container.rlimit_info.rlimits[0].type",
    /RLMT_AS/,
  ],
  [
    "bounding apart from effective",
    {
      container: dockerContainer({
        linuxInfo: {
          effectiveCapabilities: { capabilities: ["CHOWN"] },
          boundingCapabilities: { capabilities: ["CHOWN", "KILL"] },
        },
      }),
    },
    "container.linux_info.bounding_capabilities",
    /one set for both/,
  ],
  [
    "seccomp profile",
    { container: dockerContainer({ linuxInfo: { seccomp: { profileName: "p" } } }) },
    "container.linux_info.seccomp.profile_name",
    /not supported/,
  ],
  [
    "variable without a value",
    { command: { value: "x", environment: { variables: [{ name: "A" }] } } },
    "command.environment.variables[0].value",
    /is missing/,
  ],
  [
    "secret by reference",
    {
      command: {
        value: "x",
        environment: { variables: [{ name: "A", type: "SECRET", secret: { type: "REFERENCE" } }] },
      },
    },
    "command.environment.variables[0].secret.reference",
    /resolver/,
  ],
  [
    "variable name",
    { command: { value: "x", environment: { variables: [{ name: "A=B", value: "1" }] } } },
    "command.environment.variables[0].name",
    /cannot name/,
  ],
  [
    "unknown parameter",
    { container: parameter("memroy", "1g") },
    "container.docker.parameters[0]",
    /did you mean memory/,
  ],
  ["refused parameter", { container: parameter("name", "x") }, "container.docker.parameters[0]", /name/],
  [
    "memory above the resource",
    { container: parameter("memory", "1g") },
    "container.docker.parameters",
    /raise the mem resource/,
  ],
  [
    "reserved variable",
    { container: parameter("env", "MESOS_SANDBOX=/") },
    "container.docker.parameters",
    /MESOS_SANDBOX/,
  ],
  [
    "sandbox mounted over",
    { container: parameter("volume", "/tmp:/mnt/mesos/sandbox") },
    "container.docker.parameters",
    /mounted twice/,
  ],
];

describe("refused with its path and a sentence", () => {
  it.each(rows)("%s", (_what, task, path, words) => {
    const found = faults(task).filter((fault) => fault.path === path);
    expect(found.map(({ message }) => message).join("\n")).toMatch(words);
  });

  const launches: readonly [what: string, launch: Partial<DockerLaunch>, path: string][] = [
    ["framework id", { frameworkId: "a/b" }, "framework_id"],
    ["executor id", { executorId: " " }, "executor_id"],
    ["agent id with a dot", { agentId: "a.b" }, "agent_id"],
    ["container id", { containerId: "not-a-uuid" }, "container_id"],
    ["sandbox", { sandboxDirectory: "relative" }, "sandbox_directory"],
  ];
  it.each(launches)("%s of the launch", (_what, launch, path) => {
    expect(faults({}, launch).map((fault) => fault.path)).toEqual([path]);
  });

  it("all at once", () => {
    const found = faults({
      taskId: { value: "a/b" },
      check: {},
      healthCheck: {},
      resources: [scalar("gpus", 1)],
      container: parameter("memroy", "1g"),
    });
    expect(found.map(({ path }) => path)).toEqual([
      "task_id",
      "check",
      "health_check",
      "container.docker.parameters[0]",
      "resources[0]",
    ]);
  });
});
