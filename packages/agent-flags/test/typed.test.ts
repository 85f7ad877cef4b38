import { expect, test } from "vitest";
import { parseAgentFlags } from "../src/index.ts";

const parse = (argv: readonly string[], files: Readonly<Record<string, string>> = {}) =>
  parseAgentFlags(["--work_dir=/w", ...argv], {}, { readFile: (path) => files[path] ?? "" });

function flagsOf(argv: readonly string[], files?: Readonly<Record<string, string>>) {
  const parsed = parse(argv, files);
  if (parsed.kind !== "flags") throw new Error(JSON.stringify(parsed));
  return parsed;
}

test("defaults", () => {
  expect(flagsOf([]).flags).toMatchObject({
    master: undefined,
    masterPort: 5050,
    port: 5051,
    hostnameLookup: true,
    defaultRole: "*",
    registrationBackoffFactorMs: 1_000,
    zkSessionTimeoutMs: 10_000,
    containerizers: ["docker"],
    dockerSocket: undefined,
    dockerKillOrphans: true,
    dockerRemoveDelayMs: 21_600_000,
    sandboxDirectory: "/mnt/mesos/sandbox",
    defaultContainerDns: [],
    cgroupsEnableCfs: false,
    fetcherCacheSizeBytes: 2_147_483_648,
    fetcherCacheDirectory: "/tmp/mesos/fetch",
    fetcherStallTimeoutMs: 60_000,
    frameworksHome: undefined,
    switchUser: true,
    executorShutdownGracePeriodMs: 5_000,
    maxCompletedExecutorsPerFramework: 150,
    credential: undefined,
    httpCredentials: undefined,
    disabledEndpoints: [],
    loggingLevel: "info",
    logFormat: "text",
    quiet: false,
  });
});

const secrets = {
  "/json": '{"principal": "ag", "secret": "sekret"}',
  "/line": "ag sekret\n",
  "/list": '{"credentials": [{"principal": "a", "secret": "b"}, {"principal": "c", "secret": "d"}]}',
  "/lines": "a b\nc d\n",
};

test.each([
  "--credential=/json",
  "--credential=file:///json",
  "--credential=/line",
  `--credential=${secrets["/json"]}`,
])("%s", (argument) => {
  expect(flagsOf([argument], secrets).flags.credential).toEqual({ principal: "ag", secret: "sekret" });
});

test.each(["--http_credentials=/list", "--http_credentials=/lines"])("%s", (argument) => {
  expect(flagsOf([argument], secrets).flags.httpCredentials).toEqual([
    { principal: "a", secret: "b" },
    { principal: "c", secret: "d" },
  ]);
});

test.each([
  "--credential={sekret",
  "--credential=sekret",
  '--credential={"secret": "sekret"}',
  '--http_credentials={"credentials": [{"secret": "sekret"}]}',
  '--http_credentials={"secret": "sekret"}',
  "--docker_config={sekret",
])("%s is refused without a word of the secret", (argument) => {
  const parsed = parse([argument]);
  expect(parsed).toMatchObject({ kind: "invalid", message: expect.not.stringContaining("sekret") });
});

test("what the flags show holds no secret", () => {
  const { given } = flagsOf(
    [
      "--master=zk://user:sek@ret@h1:2181/mesos",
      "--credential=/json",
      `--http_credentials=${secrets["/list"]}`,
      '--docker_config={"auths": {"r": {"auth": "sekret"}}}',
    ],
    secrets,
  );
  expect(given).toMatchObject({
    master: "zk://user:***@h1:2181/mesos",
    credential: "/json",
    http_credentials: "***",
    docker_config: "***",
  });
});

test("default DNS", () => {
  const dns = {
    mesos: [{ network_mode: "CNI" }],
    docker: [
      { network_mode: "BRIDGE", dns: { nameservers: ["8.8.8.8"], search: [] } },
      { network_mode: "USER", network_name: "net2", dns: { nameservers: ["8.8.4.4"], options: ["ndots:2"] } },
      { network_mode: "USER", dns: { search: ["example.com"] } },
    ],
  };
  expect(flagsOf([`--default_container_dns=${JSON.stringify(dns)}`]).flags.defaultContainerDns).toEqual([
    { networkMode: "BRIDGE", nameservers: ["8.8.8.8"] },
    { networkMode: "USER", networkName: "net2", nameservers: ["8.8.4.4"], options: ["ndots:2"] },
    { networkMode: "USER", search: ["example.com"] },
  ]);
});

const some = { nameservers: ["8.8.8.8"] };
test.each([
  [[{ network_mode: "HOST", dns: some }], "network_mode must be BRIDGE or USER"],
  [[{ dns: some }], "network_mode must be BRIDGE or USER"],
  [
    [
      { network_mode: "BRIDGE", dns: some },
      { network_mode: "BRIDGE", dns: some },
    ],
    "two entries for the network BRIDGE",
  ],
  [
    [
      { network_mode: "USER", dns: some },
      { network_mode: "USER", dns: some },
    ],
    "two entries for the network USER",
  ],
  [
    [
      { network_mode: "USER", network_name: "n", dns: some },
      { network_mode: "USER", network_name: "n", dns: some },
    ],
    "two entries for the network USER n",
  ],
  [[{ network_mode: "BRIDGE" }], "each entry needs dns"],
  [[{ network_mode: "BRIDGE", dns: { search: "x" } }], "search must be a list of strings"],
])("default DNS %j: %s", (docker, message) => {
  expect(parse([`--default_container_dns=${JSON.stringify({ docker })}`])).toEqual({
    kind: "invalid",
    message: `--default_container_dns: ${message}`,
  });
});
