import { expect, it } from "vitest";
import { httpServer } from "./helpers/http-server.ts";
import { workspace } from "./helpers/workspace.ts";

it("tells the start with the size, the bytes up to the last, and the end", async () => {
  const w = await workspace();
  const body = Buffer.alloc(3 << 20, 1);
  const server = await httpServer((_request, response) =>
    response.writeHead(200, { "content-length": body.length }).end(body),
  );
  const uri = `${server.url}/f`;
  await w.fetch([{ value: uri }]);
  expect(w.progress[0]).toEqual({ kind: "started", uri, totalBytes: body.length });
  expect(w.progress.at(-2)).toEqual({ kind: "bytes", uri, receivedBytes: body.length, totalBytes: body.length });
  expect(w.progress.at(-1)).toEqual({ kind: "fetched", uri, sizeBytes: body.length, fromCache: false });
  const received = w.progress.flatMap((event) => (event.kind === "bytes" ? [event.receivedBytes] : []));
  expect(received).toEqual(received.toSorted((a, b) => a - b));
});
