import type { Log } from "@berth/log";
import { silentLog } from "@berth/log";
import { expect, test } from "vitest";
import { warnAtStart } from "../src/warnings.ts";

function warnings(flags: Partial<Parameters<typeof warnAtStart>[1]>, hostile: Parameters<typeof warnAtStart>[2] = []) {
  const said: unknown[] = [];
  const log: Log = { ...silentLog, warn: (message, fields) => void said.push([message, fields]) };
  const none = { master: undefined, ip: undefined, authenticateHttpReadonly: false, authenticateHttpReadwrite: false };
  warnAtStart(log, { ...none, ...flags }, hostile);
  return said;
}

const both = { authenticateHttpReadonly: true, authenticateHttpReadwrite: true };

test.each([
  ["alone, on loopback", {}, 0],
  ["with a master", { master: "m:5050" }, 1],
  ["with a master, on loopback", { master: "m:5050", ip: "127.0.0.1" }, 0],
  ["alone, for everybody", { ip: "10.0.0.2" }, 1],
  ["with half of the realms", { master: "m:5050", authenticateHttpReadonly: true }, 1],
  ["with both", { master: "m:5050", ...both }, 0],
])("%s: %j is warned of %d times", (_, flags, times) => {
  expect(warnings(flags)).toHaveLength(times);
});

test("a mesos-agent that ends our containers is named", () => {
  expect(warnings({}, [{ pid: 7, name: "mesos-slave" }])).toEqual([
    [expect.stringContaining("--no-docker_kill_orphans"), { pid: 7, name: "mesos-slave" }],
  ]);
});
