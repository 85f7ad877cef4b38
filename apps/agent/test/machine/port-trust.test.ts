import { expect, test } from "vitest";
import { portTrust } from "../../src/machine/port-trust.ts";

test.each([
  ["alone: this machine, and no page from elsewhere", undefined, "127.0.0.1", "this-machine", { ownNames: [] }],
  ["alone, for everybody: HTTP is open, messages are not", undefined, "0.0.0.0", "this-machine", undefined],
  ["with a master: the network, as the original", "m:5050", "0.0.0.0", "anywhere", undefined],
  ["with a master, on loopback", "m:5050", "127.0.0.2", "anywhere", { ownNames: [] }],
])("%s", (_, master, ip, messagesFrom, refuseOtherSites) => {
  expect(portTrust({ master, hostname: undefined }, ip)).toEqual({ messagesFrom, refuseOtherSites });
});

test("the name that the agent goes by is its own", () => {
  expect(portTrust({ master: undefined, hostname: "node1" }, "127.0.0.1").refuseOtherSites).toEqual({
    ownNames: ["node1"],
  });
});
