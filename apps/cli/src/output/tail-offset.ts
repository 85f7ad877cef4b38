import type { AgentClient } from "@berth/mesos-client";

const pageBytes = 64 * 1024;
const lineFeed = 10;

/** Where the last `lines` lines of a file begin; 0 when it has no more, or is not there. */
export async function tailOffset(agent: Pick<AgentClient, "readFile">, path: string, lines: number): Promise<number> {
  const size = (await agent.readFile(path, { offset: 0, length: 1 }))?.size ?? 0;
  if (lines === 0) return size;
  // The line feed at the very end is not the end of a line before the last one.
  let left = lines;
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - pageBytes);
    const page = await agent.readFile(path, { offset: start, length: end - start });
    if (page === undefined || page.data.length === 0) return start;
    for (let at = page.data.length - 1; at >= 0; at--) {
      if (page.data[at] !== lineFeed || start + at === size - 1) continue;
      left--;
      if (left === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}
