import { readFile } from "node:fs/promises";
import { decodeMessage, encodeMessage, formatFault, type MessageCodec } from "@berth/proto";
import { AgentCoreError } from "../errors.ts";
import { writeAtomically } from "./write-atomically.ts";

const lengthBytes = 4;

/** Messages one after the other, each behind its length in four bytes, little end first. Source: containerizer facts 4.1. */
export async function writeMessages<T extends object>(
  file: string,
  codec: MessageCodec<T>,
  messages: readonly T[],
): Promise<void> {
  const parts = messages.flatMap((message) => {
    const bytes = encodeMessage(codec, message);
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32LE(bytes.byteLength);
    return [length, bytes];
  });
  await writeAtomically(file, Buffer.concat(parts));
}

/** Undefined when there is no such file. Rejects with AgentCoreError `unreadable-checkpoint`. */
export async function readMessages<T extends object>(
  file: string,
  codec: MessageCodec<T>,
): Promise<readonly T[] | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const messages: T[] = [];
  for (let offset = 0; offset < bytes.byteLength;) {
    const start = offset + lengthBytes;
    const end = start > bytes.byteLength ? Infinity : start + bytes.readUInt32LE(offset);
    if (end > bytes.byteLength) throw unreadable(file, "it ends within a record");
    const decoded = decodeMessage(codec, bytes.subarray(start, end));
    if (!decoded.ok) throw unreadable(file, decoded.faults.slice(0, 3).map(formatFault).join("; "));
    messages.push(decoded.value);
    offset = end;
  }
  return messages;
}

export function unreadable(file: string, why: string, cause?: unknown): AgentCoreError {
  return new AgentCoreError(
    "unreadable-checkpoint",
    `cannot read ${file}: ${why}; mend it, or remove the agent's meta folder to start as a new agent`,
    { cause },
  );
}
