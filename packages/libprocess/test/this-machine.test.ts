import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { fromThisMachine } from "../src/this-machine.ts";
import { collect, startNode } from "./harness.ts";

test("messages of this machine come over any address of it", async () => {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === "IPv4" && !each.internal)?.address;
  const node = await startNode({ ip: "0.0.0.0", advertiseIp: own ?? "127.0.0.1", messagesFrom: "this-machine" });
  const got = collect(node, "slave(1)");
  const master = await startNode({ messagesFrom: "this-machine" });
  master.send("master", node.pid("slave(1)"), "n", new Uint8Array());
  await expect.poll(() => got.length).toBe(1);
});

test.each([
  ["another machine", { remoteAddress: "192.168.1.9", localAddress: "192.168.1.5" }, false],
  ["another machine, over IPv6", { remoteAddress: "::ffff:192.168.1.9", localAddress: "::ffff:192.168.1.5" }, false],
  ["a name that begins like loopback", { remoteAddress: "12.7.0.1", localAddress: "192.168.1.5" }, false],
  ["a connection that is gone", { remoteAddress: undefined, localAddress: undefined }, false],
  ["loopback", { remoteAddress: "127.0.0.2", localAddress: "127.0.0.1" }, true],
  ["loopback of IPv6", { remoteAddress: "::1", localAddress: "::1" }, true],
  ["its own address", { remoteAddress: "192.168.1.5", localAddress: "::ffff:192.168.1.5" }, true],
])("%s", (_, socket, expected) => {
  expect(fromThisMachine(socket)).toBe(expected);
});
