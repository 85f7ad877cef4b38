import type { Log } from "@berth/log";
import { silentLog } from "@berth/log";
import { expect, test } from "vitest";
import { warnAtStart } from "../src/warnings.ts";

function warnings(
  flags: Partial<Parameters<typeof warnAtStart>[1]>,
  ip: string,
  hostile: Parameters<typeof warnAtStart>[3] = [],
) {
  const said: unknown[] = [];
  const log: Log = { ...silentLog, warn: (message, fields) => void said.push([message, fields]) };
  const none = { authenticateHttpReadonly: false, authenticateHttpReadwrite: false };
  warnAtStart(log, { ...none, ...flags }, { ip }, hostile);
  return said;
}

const both = { authenticateHttpReadonly: true, authenticateHttpReadwrite: true };

test.each([
  ["on loopback", {}, "127.0.0.1", 0],
  ["for everybody", {}, "0.0.0.0", 1],
  ["on one address", {}, "10.0.0.2", 1],
  ["with half of the realms", { authenticateHttpReadonly: true }, "0.0.0.0", 1],
  ["with both", both, "0.0.0.0", 0],
])("%s: %j at %s is warned of %d times", (_, flags, ip, times) => {
  expect(warnings(flags, ip)).toHaveLength(times);
});

test("a mesos-agent that ends our containers is named", () => {
  expect(warnings({}, "127.0.0.1", [{ pid: 7, name: "mesos-slave" }])).toEqual([
    [expect.stringContaining("--no-docker_kill_orphans"), { pid: 7, name: "mesos-slave" }],
  ]);
});
