import { expect, test } from "vitest";
import { recordedAnswer, recordedMessages } from "../src/index.ts";

test("a recorded message has its headers in order and its body without chunks", () => {
  const [register] = recordedMessages("s1", "RegisterSlaveMessage");
  expect(register?.firstLine).toBe("POST /master/mesos.internal.RegisterSlaveMessage HTTP/1.1");
  expect(register?.headers.map(([name]) => name)).toEqual([
    "User-Agent",
    "Libprocess-From",
    "Connection",
    "Host",
    "Transfer-Encoding",
  ]);
  expect(register?.body.byteLength).toBe(175);
});

test("a message without a body has none", () => {
  expect(recordedMessages("s1", "PongSlaveMessage")[0]?.body.byteLength).toBe(0);
});

test("answers are read by their names", () => {
  expect(recordedAnswer("agent.health").headers).toContain("200 OK");
  expect(recordedAnswer("agent.v1.GET_HEALTH").json).toHaveProperty("type", "GET_HEALTH");
});
