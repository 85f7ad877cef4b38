import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { systemTimers } from "../src/timers.ts";
import { ZooKeeperConnection } from "../src/zookeeper-connection.ts";

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = net.createServer(onConnection).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function connectTo(port: number): ZooKeeperConnection {
  const target = { kind: "zookeeper", servers: [`127.0.0.1:${port}`], path: "/mesos", credentials: undefined } as const;
  const connection = new ZooKeeperConnection(target, systemTimers, 3000);
  onTestFinished(() => connection.close());
  return connection;
}

/** What a server answers to a new session: protocol 0, the time-out, an id, a password. */
const sessionMade = Buffer.concat([
  Buffer.from([0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0x0b, 0xb8]),
  Buffer.from("4f06f40000010001", "hex"),
  Buffer.from([0, 0, 0, 16]),
  Buffer.alloc(16, 7),
]);

test("closed before its attempt has begun it asks nobody, and takes no answer for another one's", async () => {
  const came = Promise.withResolvers<Buffer>();
  const port = await listen((socket) => {
    const parts: Buffer[] = [];
    socket.on("error", () => {});
    socket.on("data", (bytes: Buffer) => {
      parts.push(bytes);
      socket.write(sessionMade);
    });
    socket.on("close", () => came.resolve(Buffer.concat(parts)));
  });
  connectTo(port).close();
  expect(await came.promise).toHaveLength(0);
});

test("an answer that cannot be read ends the connection and nothing else", async () => {
  const port = await listen((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(sessionMade);
      socket.on("data", (request: Buffer) => {
        const answer = Buffer.alloc(20);
        answer.writeInt32BE(16, 0);
        request.copy(answer, 4, 4, 8);
        answer.writeInt32BE(1_325_858_816, 16); // no error has this number
        socket.write(answer);
      });
    });
  });
  const connection = connectTo(port);
  await connection.opened();
  await expect(connection.exists("/mesos")).rejects.toMatchObject({
    failure: "lost",
    message: "an answer cannot be read",
  });
});
