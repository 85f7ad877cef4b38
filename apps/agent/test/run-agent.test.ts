import { expect, test } from "vitest";
import { runAgent } from "../src/index.ts";

async function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const written = { stdout: "", stderr: "" };
  const code = await runAgent(argv, {
    env,
    cwd: "/",
    uid: 0,
    pid: 1,
    now: () => 0,
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    onSignal: () => undefined,
  });
  return { code, ...written };
}

test("--help goes to stdout, and is no fault", async () => {
  expect(await run(["--help"])).toEqual({ code: 0, stdout: expect.stringContaining("--work_dir=VALUE"), stderr: "" });
});

test("--version says whose master it suits", async () => {
  expect(await run(["--version"])).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^berth-agent \d+\.\d+\.\d+ \(mesos 1\.11\.0\)\n$/),
    stderr: "",
  });
});

test("a wrong flag is one sentence on stderr", async () => {
  expect(await run(["--work_dir=/w", "--prot=1"])).toEqual({
    code: 1,
    stdout: "",
    stderr: "berth-agent: --prot: there is no such flag, did you mean --port? (berth-agent --help lists the flags)\n",
  });
});

test.each([
  [["--work_dir=/w", "--master=ftp://x"], {}, /ftp:\/\/ is none of host:port, zk:\/\/ and file:\/\/\n$/],
  [["--work_dir=/w", "--resources=cpus"], {}, /cpus has no value/],
  [["--work_dir=/w", "--attributes=a:{x}"], {}, /an attribute cannot be a set/],
  [["--work_dir=/dev/null/w"], {}, /cannot make the work folder \/dev\/null\/w: /],
  [["--work_dir=/w"], { DOCKER_HOST: "ssh://h" }, /Berth does not dial ssh/],
  [["--work_dir=/w"], { LIBPROCESS_SSL_ENABLED: "1" }, /LIBPROCESS_SSL_ENABLED needs LIBPROCESS_SSL_KEY_FILE\n$/],
  [["--work_dir=/w", "--ip_discovery_command=exit 3"], {}, /--ip_discovery_command failed: /],
])("%j %j ends with one sentence before anything is opened", async (argv, env, sentence) => {
  const ran = await run(argv, env);
  expect(ran).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(sentence) });
  expect(ran.stderr).toMatch(/^berth-agent: [^\n]*\n$/);
});
