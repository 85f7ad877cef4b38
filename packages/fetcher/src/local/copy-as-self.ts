import type { FileHandle } from "node:fs/promises";
import type { Transfer } from "../transfer.ts";

/** Copies between open files, at the speed of the page cache. */
export async function copyAsSelf(source: FileHandle, transfer: Transfer): Promise<number> {
  const { size } = await source.stat();
  transfer.onStart(size);
  const buffer = Buffer.allocUnsafeSlow(1 << 20);
  for (let position = 0; ;) {
    transfer.signal.throwIfAborted();
    const { bytesRead } = await source.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return position;
    for (let done = 0; done < bytesRead;) {
      done += (await transfer.file.write(buffer, done, bytesRead - done, position + done)).bytesWritten;
    }
    position += bytesRead;
    transfer.onBytes(position, size);
  }
}
