import type { Route } from "@berth/http-endpoints";
import { expect, test } from "vitest";
import { withFirewall } from "../src/firewall.ts";

const route = (path: string): Route => ({
  path,
  methods: ["GET"],
  realm: "mesos-agent-readonly",
  handle: () => ({ kind: "text", status: 200 }),
});

test("disabled endpoints are answered with 403, before anybody is asked who they are", () => {
  const [state, flags] = withFirewall([route("/state"), route("/flags")], "slave(1)", ["/slave(1)/state"]);
  expect(state?.realm).toBeUndefined();
  expect(state?.refuse?.()).toMatchObject({ status: 403 });
  expect(flags).toEqual(expect.objectContaining({ realm: "mesos-agent-readonly" }));
  expect(flags?.refuse).toBeUndefined();
});
