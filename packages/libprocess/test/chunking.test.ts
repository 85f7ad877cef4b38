import * as fc from "fast-check";
import { expect, test } from "vitest";
import { collect, rawClient, startNode } from "./harness.ts";

const part = fc.uint8Array({ minLength: 1, maxLength: 40 });
/** A message as any HTTP/1.1 client may frame it. */
const framed = fc.record({
  parts: fc.array(part, { maxLength: 5 }),
  framing: fc.constantFrom("chunked" as const, "length" as const),
  upperCaseHex: fc.boolean(),
  header: fc.constantFrom(
    "Libprocess-From: a@1.2.3.4:5",
    "libprocess-from:a@1.2.3.4:5 ",
    "User-Agent: libprocess/a@1.2.3.4:5",
  ),
  target: fc.constantFrom("/slave(1)/n.N", "/slave%281%29/n.N", "/slave(1)/n.N?query"),
});

type Framed = typeof framed extends fc.Arbitrary<infer T> ? T : never;

function encode({ parts, framing, upperCaseHex, header, target }: Framed): Buffer {
  const head = `POST ${target} HTTP/1.1\r\n${header}\r\n`;
  const body = Buffer.concat(parts);
  if (framing === "length") {
    return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.byteLength}\r\n\r\n`), body]);
  }
  const chunks = parts.flatMap((each) => {
    const size = each.byteLength.toString(16);
    return [Buffer.from(`${upperCaseHex ? size.toUpperCase() : size}\r\n`), each, Buffer.from("\r\n")];
  });
  return Buffer.concat([Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`), ...chunks, Buffer.from("0\r\n\r\n")]);
}

test("bodies are whole wherever chunks and segments end", async () => {
  const node = await startNode();
  const got = collect(node, "slave(1)");
  const client = await rawClient(node.bound.port);
  await fc.assert(
    fc.asyncProperty(
      fc.array(framed, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat({ max: 600 }), { maxLength: 8 }),
      async (messages, cuts) => {
        got.length = 0;
        const stream = Buffer.concat(messages.map(encode));
        const ends = [...new Set([...cuts.filter((cut) => cut < stream.byteLength), stream.byteLength])];
        let start = 0;
        for (const end of ends.sort((a, b) => a - b)) {
          await client.write(stream.subarray(start, end));
          await new Promise((resolve) => setImmediate(resolve));
          start = end;
        }
        await expect.poll(() => got.length, { interval: 1 }).toBe(messages.length);
        expect(got).toEqual(
          messages.map(({ parts }) => ({
            from: { id: "a", host: "1.2.3.4", port: 5 },
            to: "slave(1)",
            name: "n.N",
            body: new Uint8Array(Buffer.concat(parts)),
          })),
        );
      },
    ),
    { numRuns: 200 },
  );
});
