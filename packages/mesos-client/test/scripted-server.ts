import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface ScriptedServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly seen: readonly SeenRequest[];
}

type Script = (request: SeenRequest, response: ServerResponse, count: number) => void;

/** A server that answers as the script says, and keeps what it was asked. Gone with the test. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((message, response) => {
    void buffer(message).then((body) => {
      const { method = "", url = "", headers } = message;
      const request = { method, url, headers, body };
      seen.push(request);
      script(request, response, seen.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { address: `127.0.0.1:${port}`, seen };
}

/** Bytes that were recorded on the wire, in place of an answer of our own. */
export function replay(response: ServerResponse, raw: Uint8Array): void {
  response.socket?.write(raw);
}
