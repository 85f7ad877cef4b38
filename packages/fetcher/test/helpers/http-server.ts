import http from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface TestServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Every request so far, in order. */
  readonly requests: http.IncomingMessage[];
}

/** A real HTTP server on loopback; closed when the test ends. */
export async function httpServer(answer: http.RequestListener): Promise<TestServer> {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, requests };
}

/** Serves one content as a careful server does: ETag, Range with If-Range, If-None-Match. */
export function serveContent(
  content: () => { readonly body: Buffer; readonly etag?: string },
): (request: http.IncomingMessage, response: http.ServerResponse) => void {
  return (request, response) => {
    const { body, etag } = content();
    if (etag !== undefined) response.setHeader("etag", etag);
    if (etag !== undefined && request.headers["if-none-match"] === etag) {
      response.writeHead(304).end();
      return;
    }
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
    if (range !== null && request.headers["if-range"] === etag) {
      const start = Number(range[1]);
      response.setHeader("content-range", `bytes ${start}-${body.length - 1}/${body.length}`);
      response.writeHead(206, { "content-length": body.length - start }).end(body.subarray(start));
      return;
    }
    response.writeHead(200, { "content-length": body.length }).end(body);
  };
}

/** Sends the head for the whole and a first part, then breaks the connection. */
export function cutAfter(
  response: http.ServerResponse,
  body: Buffer,
  bytes: number,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(200, { "content-length": body.length, ...headers });
  response.write(body.subarray(0, bytes), () => response.socket?.end());
}
