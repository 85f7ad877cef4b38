import { expect, test } from "vitest";
import { parseAgentFlags, type ParsedAgentFlags } from "../src/index.ts";

const files: Readonly<Record<string, string>> = {
  "/etc/berth/master": "zk://h1:2181,h2:2181/mesos\n",
  "/etc/berth/docker.json": '{"auths": {}}',
  "/etc/berth/rules.json": '{"disabled_endpoints": {"paths": ["/state"]}}',
  "/etc/berth/resources": '[{"name": "cpus", "type": "SCALAR", "scalar": {"value": 2}}]',
};

function parse(argv: readonly string[], env: Readonly<Record<string, string>> = {}): ParsedAgentFlags {
  const readFile = (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error("ENOENT: no such file");
    return text;
  };
  return parseAgentFlags(argv, env, { readFile });
}

function flagsOf(argv: readonly string[], env?: Readonly<Record<string, string>>) {
  const parsed = parse(["--work_dir=/w", ...argv], env);
  if (parsed.kind !== "flags") throw new Error(JSON.stringify(parsed));
  return parsed;
}

test.each([
  [["--work_dir=/a"], {}, "/a"],
  [[], { MESOS_WORK_DIR: "/b" }, "/b"],
  [[], { MESOS_work_dir: "/b" }, "/b"],
  [["--work_dir=/a"], { MESOS_WORK_DIR: "/b" }, "/a"],
  [["--WORK_DIR=/a"], {}, "/a"],
  [["word", "-x", "--work_dir=/a=b"], {}, "/a=b"],
])("%j with %j: the folder is %s", (argv, env, workDirectory) => {
  expect(parse(argv, env as Record<string, string>)).toMatchObject({ kind: "flags", flags: { workDirectory } });
});

test.each([
  ["--switch_user", true],
  ["--no-switch_user", false],
  ["--switch_user=true", true],
  ["--switch_user=1", true],
  ["--switch_user=false", false],
  ["--switch_user=0", false],
])("%s", (argument, switchUser) => {
  expect(flagsOf([argument]).flags.switchUser).toBe(switchUser);
});

test("what follows -- is not looked at", () => {
  expect(flagsOf(["--", "--wrong"]).flags.port).toBe(5051);
});

test("variables of executors and masters are not ours", () => {
  expect(flagsOf([], { MESOS_SANDBOX: "/x", MESOS_QUORUM: "2", MESOS_PORT: "0" }).flags.port).toBe(0);
});

test.each([
  [["--wrok_dir=/a"], "--wrok_dir: there is no such flag, did you mean --work_dir?"],
  [["--work-dir=/a"], "--work-dir: there is no such flag, did you mean --work_dir?"],
  [["--frobnicate"], "--frobnicate: there is no such flag"],
  [["--constructor=x"], "--constructor: there is no such flag"],
  [["--=x"], "--: there is no such flag"],
  [["--work_dir"], "--work_dir needs a value: --work_dir=VALUE"],
  [["--no-work_dir"], "--no-work_dir: --work_dir is not a yes or no, give it a value or leave it out"],
  [["--work_dir=/w", "--no-strict=x"], "--no-strict takes no value"],
  [["--work_dir=/w", "--work_dir=/w"], "--work_dir: given twice, once is enough"],
  [["--work_dir=/w", "--no-quiet", "--quiet"], "--no-quiet and --quiet: given twice, once is enough"],
  [
    ["--work_dir=/w", "--slave_subsystems=a", "--agent_subsystems=b"],
    "--slave_subsystems and --agent_subsystems: given twice, once is enough",
  ],
  [[], "--work_dir is missing: name a folder for sandboxes and the agent's state"],
  [["--work_dir="], "--work_dir is missing: name a folder for sandboxes and the agent's state"],
  [["--work_dir=/w", "--quiet=yes"], "--quiet=yes: write true or false"],
  [["--work_dir=/w", "--port=http"], "--port=http: write a whole number"],
  [["--work_dir=/w", "--port=70000"], "--port=70000: a port is at most 65535"],
  [
    ["--work_dir=/w", "--docker_remove_delay=6"],
    "--docker_remove_delay=6: write a number and a unit (ns, us, ms, secs, mins, hrs, days, weeks), such as 30secs",
  ],
  [
    ["--work_dir=/w", "--docker_remove_delay=6constructor"],
    "--docker_remove_delay=6constructor: write a number and a unit (ns, us, ms, secs, mins, hrs, days, weeks), such as 30secs",
  ],
  [
    ["--work_dir=/w", "--fetcher_cache_size=1.5GB"],
    "--fetcher_cache_size=1.5GB: write a whole number and a unit (B, KB, MB, GB, TB), such as 2GB",
  ],
  [["--work_dir=/w", "--firewall_rules=[]x"], "--firewall_rules=[]x: is not valid JSON"],
  [["--work_dir=/w", "--firewall_rules=7"], "--firewall_rules=7: write a JSON object"],
  [
    ["--work_dir=/w", '--firewall_rules={"disabled_endpoints":{"paths":[1]}}'],
    '--firewall_rules: write {"disabled_endpoints": {"paths": ["/state"]}}',
  ],
  [["--work_dir=/w", "--master=file:///nowhere"], "--master: cannot read /nowhere: ENOENT: no such file"],
  [["--work_dir=/w", "--ip=localhost"], "--ip=localhost: write an IPv4 address"],
  [["--work_dir=/w", "--ip=1.2.3.400"], "--ip=1.2.3.400: write an IPv4 address"],
  [["--work_dir=/w", "--docker_socket=docker.sock"], "--docker_socket=docker.sock: write an absolute path"],
  [["--work_dir=/w", "--logging_level=LOUD"], "--logging_level=LOUD: write DEBUG, INFO, WARNING or ERROR"],
  [["--work_dir=/w", "--log_format=xml"], "--log_format=xml: write json or text"],
  [
    ["--work_dir=/w", "--containerizers=docker,mesos"],
    "--containerizers=docker,mesos: the mesos containerizer is not there yet; docker is",
  ],
  [
    ["--work_dir=/w", "--containerizers=docker, mesos"],
    '--containerizers=docker, mesos: there is no containerizer " mesos"; docker is',
  ],
  [["--work_dir=/w", "--containerizers=docker,docker"], "--containerizers=docker,docker: docker stands there twice"],
  [
    ["--work_dir=/w", "--ip=127.0.0.1", "--ip_discovery_command=x"],
    "--ip and --ip_discovery_command exclude each other",
  ],
  [
    ["--work_dir=/w", "--master=h:5050", "--master_port=1"],
    "--master_port is the local master's, and --master names another one",
  ],
  [["--work_dir=/w", "--authenticate_http_readonly"], "--authenticate_http_readonly needs --http_credentials"],
  [["--work_dir=/w", "--authenticate_http_readwrite"], "--authenticate_http_readwrite needs --http_credentials"],
  [
    ["--work_dir=/w", "--authentication_timeout_min=2mins"],
    "--authentication_timeout_min is greater than --authentication_timeout_max",
  ],
])("%j: %s", (argv, message) => {
  expect(parse(argv)).toEqual({ kind: "invalid", message });
});

test("two spellings of one variable are a contradiction", () => {
  expect(parse([], { MESOS_PORT: "1", MESOS_port: "2" })).toMatchObject({ kind: "invalid" });
});

test("a fault in the environment names the variable", () => {
  expect(parse(["--work_dir=/w"], { MESOS_PORT: "x" })).toEqual({
    kind: "invalid",
    message: "MESOS_PORT=x: write a whole number",
  });
});

test.each([
  [["--help"], "help"],
  [["--help", "--port=x"], "help"],
  [["--version"], "version"],
  [["--work_dir=/w", "--no-version", "--help=false"], "flags"],
])("%j is %s", (argv, kind) => {
  expect(parse(argv).kind).toBe(kind);
});

test("a file:// value is the file's content, without the line end of the editor", () => {
  expect(flagsOf(["--master=file:///etc/berth/master"]).flags.master).toBe("zk://h1:2181,h2:2181/mesos");
});

test("JSON may be a bare path, which is deprecated", () => {
  const { flags, notes } = flagsOf(["--firewall_rules=/etc/berth/rules.json"]);
  expect(flags.disabledEndpoints).toEqual(["/state"]);
  expect(notes).toEqual([
    {
      flag: "firewall_rules",
      note: "--firewall_rules: a bare path is deprecated, write file:///etc/berth/rules.json",
    },
  ]);
});

test("resources may be the path of JSON, and nothing is said of it", () => {
  const { flags, notes } = flagsOf(["--resources=/etc/berth/resources"]);
  expect(flags.resources).toContain('"cpus"');
  expect(notes).toEqual([]);
});
