import { expect, test } from "vitest";
import { listenAddress } from "../../src/machine/listen-address.ts";

const none = {
  master: undefined,
  ip: undefined,
  ipDiscoveryCommand: undefined,
  port: 5051,
  advertiseIp: undefined,
  advertisePort: undefined,
};
const env = { PATH: process.env["PATH"] };

test.each([
  ["alone: loopback", {}, {}, "127.0.0.1"],
  ["with a master: everywhere", { master: "m:5050" }, {}, "0.0.0.0"],
  ["--ip always wins", { master: "m:5050", ip: "10.0.0.2" }, { LIBPROCESS_IP: "10.0.0.3" }, "10.0.0.2"],
  ["--ip wins without a master too", { ip: "10.0.0.2" }, {}, "10.0.0.2"],
  ["a command", { master: "m:5050", ipDiscoveryCommand: "echo 10.0.0.4" }, { LIBPROCESS_IP: "1.1.1.1" }, "10.0.0.4"],
  ["the environment", { master: "m:5050" }, { LIBPROCESS_IP: "10.0.0.3" }, "10.0.0.3"],
])("%s", async (_, flags, variables, ip) => {
  expect(await listenAddress({ ...none, ...flags }, { ...env, ...variables })).toMatchObject({ ip, port: 5051 });
});

test("what is advertised: the flag, then the environment", async () => {
  const variables = { LIBPROCESS_ADVERTISE_IP: "1.2.3.4", LIBPROCESS_ADVERTISE_PORT: "99" };
  expect(await listenAddress(none, variables)).toMatchObject({ advertiseIp: "1.2.3.4", advertisePort: 99 });
  expect(await listenAddress({ ...none, advertiseIp: "5.6.7.8", advertisePort: 1 }, variables)).toMatchObject({
    advertiseIp: "5.6.7.8",
    advertisePort: 1,
  });
});

test.each([
  [{ ipDiscoveryCommand: "echo no" }, {}, '--ip_discovery_command gave "no", which is no IPv4 address'],
  [{ ipDiscoveryCommand: "echo broken >&2; exit 3" }, {}, "--ip_discovery_command failed: it ended with 3, broken"],
  [{}, { LIBPROCESS_IP: "here" }, "LIBPROCESS_IP=here: write an IPv4 address"],
  [{}, { LIBPROCESS_ADVERTISE_PORT: "70000" }, "LIBPROCESS_ADVERTISE_PORT=70000: write a port"],
])("%j %j is refused", async (flags, variables, message) => {
  await expect(listenAddress({ ...none, ...flags }, { ...env, ...variables })).rejects.toMatchObject({ message });
});
