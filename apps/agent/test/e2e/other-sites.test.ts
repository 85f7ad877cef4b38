import { once } from "node:events";
import net from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { agentWorld } from "./agent-world.ts";

/** The status that a request gets; its bytes are ours, so that a Host may be what a browser would send. */
async function statusOf(address: string, lines: readonly string[], body = ""): Promise<number> {
  const [host = "", port] = address.split(":");
  const socket = net.connect(Number(port), host);
  onTestFinished(() => void socket.destroy());
  socket.write([...lines, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n"));
  const [answer] = (await once(socket, "data")) as [Buffer];
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer.toString("latin1"))?.[1]);
}

const json = "Content-Type: application/json";
const subscribe = JSON.stringify({
  type: "SUBSCRIBE",
  subscribe: { framework_info: { user: "root", name: "page" } },
});

test("a page whose name leads to 127.0.0.1 neither reads nor launches, at the agent nor at its master", async () => {
  const world = await agentWorld("/nowhere.sock");
  const { agent, master, shows } = await world.alone();
  // Until it has recovered, the agent answers 503.
  await shows("state=RUNNING");
  for (const address of [agent, master]) {
    const port = address.split(":")[1];
    const own = [`Host: ${address}`];
    const rebound = [`Host: attacker.example:${port}`];
    expect(await statusOf(address, ["GET /state HTTP/1.1", ...own])).toBe(200);
    expect(await statusOf(address, ["GET /state HTTP/1.1", ...rebound])).toBe(403);
    expect(await statusOf(address, ["POST /api/v1 HTTP/1.1", ...own, json], '{"type":"GET_HEALTH"}')).toBe(200);
    expect(await statusOf(address, ["POST /api/v1 HTTP/1.1", ...rebound, json], '{"type":"GET_HEALTH"}')).toBe(403);
    // The only kinds of POST that a browser sends to another site without asking first.
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]) {
      const head = ["POST /api/v1 HTTP/1.1", ...own, `Content-Type: ${type}`];
      expect(await statusOf(address, head, '{"type":"GET_HEALTH"}')).toBe(415);
      expect(await statusOf(address, [...head, "Origin: http://attacker.example"])).toBe(403);
    }
    const asking = ["OPTIONS /api/v1 HTTP/1.1", ...own, "Access-Control-Request-Method: POST"];
    expect(await statusOf(address, asking)).toBe(405);
  }
  const call = ["POST /api/v1/scheduler HTTP/1.1", json];
  expect(await statusOf(master, [...call, "Host: attacker.example"], subscribe)).toBe(403);
  expect(await statusOf(master, [...call, `Host: ${master}`], subscribe)).toBe(200);
  const forged = ["POST /slave(1)/mesos.internal.RunTaskMessage HTTP/1.1", `Libprocess-From: master@${master}`];
  expect(await statusOf(agent, [...forged, "Host: attacker.example"])).toBe(403);
  expect(await statusOf(agent, forged)).toBe(202);
});
