import net from "node:net";
import { once } from "node:events";
import { recordedMessages } from "@berth/testkit";
import { expect, test } from "vitest";
import { serveAgent } from "./serve-agent.ts";

/** The only calls to an agent's API that were recorded are the default executor's, about nested containers. */
const requests = recordedMessages("s4", "5051-POST_slave(1)_api_v1").filter(
  ({ firstLine }) => firstLine === "POST /slave(1)/api/v1 HTTP/1.1",
);

test("there are two, one to launch and one to wait", () => {
  expect(requests).toHaveLength(2);
});

test.each(requests)("$file is understood, and refused by its name", async ({ raw }) => {
  const { port } = await serveAgent();
  const socket = net.connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(raw);
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 501 Not Implemented\r\n/);
  expect(answer.toString()).toMatch(/(LAUNCH_CONTAINER|WAIT_NESTED_CONTAINER) is not served/);
});
