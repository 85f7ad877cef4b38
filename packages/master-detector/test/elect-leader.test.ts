import { encodeMessage } from "@berth/proto";
import { MasterInfo } from "@berth/proto/internal";
import { recordedAnswer } from "@berth/testkit";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { electLeader } from "../src/elect-leader.ts";
import { readLeader } from "../src/read-leader.ts";
import { masterInfo } from "./zookeeper-nodes.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const info = { id: "i", ip: 0x0100_007f, port: 5050, pid: "master@127.0.0.1:5050", hostname: "h" };

test("the smallest sequence number leads, whatever the label; what has none is no candidate", () => {
  expect(electLeader([])).toBeUndefined();
  expect(electLeader(["log_replicas", "0000000001x", "json.info_12"])).toBeUndefined();
  expect(electLeader(["json.info_0000000012", "info_0000000003", "log_replicas"])).toEqual({
    name: "info_0000000003",
    format: "protobuf",
  });
  expect(electLeader(["0000000007"])).toEqual({ name: "0000000007", format: "pid" });
  expect(electLeader(["json.info_0000000010", "json.info_0000000009"])?.name).toBe("json.info_0000000009");
  expect(electLeader(["constructor_0000000001"])).toEqual({ name: "constructor_0000000001", format: "unknown" });
});

test("every order of the names elects the same", () => {
  const names = fc.uniqueArray(fc.nat(9_999_999), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(names, fc.func(fc.integer()), (sequences, order) => {
      const all = sequences.map((each) => `json.info_${String(each).padStart(10, "0")}`);
      const shuffled = [...all].sort((x, y) => order(x) - order(y));
      expect(electLeader(shuffled)).toEqual(electLeader(all));
      expect(electLeader(all)?.name).toBe([...all].sort()[0]);
    }),
  );
});

test("what masters of each age write is read", () => {
  const found = { pid: { id: "master", host: "127.0.0.1", port: 5050 }, hostname: "h" };
  expect(readLeader("json", bytes(masterInfo({ ip: "127.0.0.1", port: 5050, hostname: "h" })))).toEqual(found);
  expect(readLeader("json", bytes(JSON.stringify({ ...info, later: { field: 1 } })))).toEqual(found);
  expect(readLeader("protobuf", encodeMessage(MasterInfo, info))).toEqual(found);
  expect(readLeader("pid", bytes("master@127.0.0.1:5050"))).toEqual({ ...found, hostname: "127.0.0.1" });
});

test("what a real master says of itself is read", () => {
  const { master_info: masterInfoJson } = (
    recordedAnswer("master.v1.GET_MASTER").json as { get_master: { master_info: object } }
  ).get_master;
  expect(readLeader("json", bytes(JSON.stringify(masterInfoJson)))?.pid).toEqual({
    id: "master",
    host: "127.0.0.1",
    port: 5050,
  });
});

test("without a PID the address counts, and without that the number", () => {
  const { pid: _pid, ...rest } = info;
  const address = { ip: "10.1.2.3", port: 99, hostname: "x" };
  expect(readLeader("protobuf", encodeMessage(MasterInfo, { ...rest, address }))?.pid).toMatchObject({
    host: "10.1.2.3",
    port: 99,
  });
  expect(readLeader("protobuf", encodeMessage(MasterInfo, rest))?.pid).toMatchObject({ host: "127.0.0.1", port: 5050 });
  const high = { ...rest, ip: 0xfe01_a8c0 };
  expect(readLeader("protobuf", encodeMessage(MasterInfo, high))?.pid.host).toBe("192.168.1.254");
});

test("garbage names nobody, and throws nothing", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("json", "protobuf", "pid", "unknown"),
      fc.uint8Array({ maxLength: 40 }),
      (format, content) => {
        const master = readLeader(format, content);
        expect(master?.pid.port).not.toBe(0);
      },
    ),
  );
  for (const text of ["", "{", "null", "[]", '{"pid":"x"}', "master@:1", "@1.2.3.4:5"]) {
    expect([
      readLeader("json", bytes(text)),
      readLeader("pid", bytes(text)),
      readLeader("unknown", bytes(text)),
    ]).toEqual([undefined, undefined, undefined]);
  }
});
