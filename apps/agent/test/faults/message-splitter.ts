/** Cuts a connection of libprocess messages into whole requests. What has no body of one chunk passes as it comes. */
export class MessageSplitter {
  #rest = Buffer.alloc(0);

  push(bytes: Buffer): readonly Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const pieces: Buffer[] = [];
    for (;;) {
      const size = requestBytes(this.#rest);
      if (size === undefined || this.#rest.byteLength < size) return pieces;
      pieces.push(this.#rest.subarray(0, size));
      this.#rest = this.#rest.subarray(size);
    }
  }
}

/** Undefined while that cannot be said. */
function requestBytes(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  const bodyStart = headEnd + 4;
  const length = /^content-length: *(\d+)$/im.exec(head)?.[1];
  if (length !== undefined) return bodyStart + Number(length);
  if (!/^transfer-encoding: *chunked$/im.test(head)) return bodyStart;
  let at = bodyStart;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const chunkBytes = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    at = lineEnd + 2 + chunkBytes + 2;
    if (chunkBytes === 0) return at;
  }
}
