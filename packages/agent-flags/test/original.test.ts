import { recordedAnswer } from "@berth/testkit";
import { expect, test } from "vitest";
import { flagGroups, flagsPage, parseAgentFlags, usage } from "../src/index.ts";

/** The flags that the recorded agent was started with, as far as they are not its defaults. */
const argv = [
  "--work_dir=/var/lib/mesos/agent",
  "--master=127.0.0.1:5050",
  "--ip=127.0.0.1",
  "--hostname=127.0.0.1",
  "--resources=cpus:16;mem:8192;disk:10240;ports:[31000-32000]",
  "--runtime_dir=/var/run/mesos/agent-run",
  "--launcher_dir=/usr/local/libexec/mesos/bin",
  "--fetcher_cache_dir=/usr/mesos/fetch",
  "--docker_store_dir=/usr/mesos/store/docker",
  "--appc_store_dir=/usr/mesos/store/appc",
  "--no-docker_kill_orphans",
  "--no-systemd_enable_support",
];

test("the flags of a real agent, started with the same ones", () => {
  const recorded = recordedAnswer("agent.flags").json as { flags: Record<string, string> };
  const parsed = parseAgentFlags(argv, {}, { readFile: () => "" });
  if (parsed.kind !== "flags") throw new Error(JSON.stringify(parsed));
  const { containerizers, ...expected } = recorded.flags;
  expect(containerizers).toBe("docker,mesos");
  expect(parsed.given).toMatchObject(expected);
  const beyond = Object.keys(parsed.given).filter((name) => !(name in recorded.flags));
  // Ours, and those that only some builds of the original have.
  expect(beyond).toEqual([
    "authenticate_http_executors",
    "check_agent_port_range_only",
    "container_ports_watch_interval",
    "egress_flow_classifier_parent",
    "egress_unique_flow_per_container",
    "enforce_container_ports",
    "ephemeral_ports_per_container",
    "http_authenticators",
    "log_format",
    "master_port",
    "network_enable_snmp_statistics",
    "network_enable_socket_statistics_details",
    "network_enable_socket_statistics_summary",
    "xfs_kill_containers",
    "xfs_project_range",
  ]);
});

test("docs/flags.md is the table", async () => {
  await expect(flagsPage(flagGroups)).toMatchFileSnapshot("../../../docs/flags.md");
});

test("--help names each flag once", () => {
  const [, , , ...body] = usage().split("\n");
  const words = body
    .filter((line) => line.startsWith("  --"))
    .flatMap((line) => line.trim().split(" "))
    .map((word) => word.replace(/^--(\[no-\])?|=VALUE$/g, ""));
  expect(words.toSorted()).toEqual(flagGroups.flatMap(({ flags }) => flags.map(({ name }) => name)).toSorted());
});
