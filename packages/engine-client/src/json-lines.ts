import type { Readable } from "node:stream";
import { EngineError } from "./errors.ts";
import { connectionError, type FailedCall } from "./connection-error.ts";

/** One object of a stream and the text that it came as. */
export interface JsonLine {
  readonly value: object;
  readonly text: string;
}

/** A body whose headers have come; its OpenedStream. */
export interface JsonBody {
  readonly response: Readable;
  readonly signal: AbortSignal;
  readonly failed: FailedCall;
}

const newline = 0x0a;
const maxLineBytes = 16 * 1024 * 1024;

/** The objects of a body of JSON lines. Ends with the body; leaving early destroys the connection. */
export async function* readJsonLines({
  response,
  signal,
  failed,
}: JsonBody): AsyncGenerator<JsonLine, void, undefined> {
  const fault = (text: string, cause?: unknown) =>
    new EngineError("protocol", `${failed.call}: ${text}`, failed, { cause });
  const parse = (line: Buffer): JsonLine | undefined => {
    const text = line.toString().trim();
    if (text === "") return undefined;
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === "object" && value !== null) return { value, text };
    } catch (cause) {
      throw fault(`the engine sent a line that is not JSON: ${text.slice(0, 200)}`, cause);
    }
    throw fault(`the engine sent a line that is not an object: ${text.slice(0, 200)}`);
  };
  const rest: Buffer[] = [];
  let restBytes = 0;
  try {
    for await (const chunk of chunksOf(response)) {
      let from = 0;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
        rest.push(chunk.subarray(from, at));
        const line = parse(rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest));
        rest.length = restBytes = 0;
        from = at + 1;
        if (line !== undefined) yield line;
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
      restBytes += chunk.length - from;
      if (restBytes > maxLineBytes) throw fault(`the engine sent a line of over ${maxLineBytes} bytes`);
    }
    // The last object may lack its newline; half an object is a stream that was cut.
    const last = parse(Buffer.concat(rest));
    if (last !== undefined) yield last;
  } catch (error) {
    throw connectionError(signal.aborted ? signal.reason : error, failed);
  } finally {
    response.destroy();
  }
}

function chunksOf(response: Readable): AsyncIterable<Buffer> {
  return response;
}
