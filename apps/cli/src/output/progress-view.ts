import type { LaunchProgress } from "@berth/containerizer";
import { progressLine } from "./progress-line.ts";

/** Shows what happens before a task runs. */
export interface ProgressView {
  update(progress: LaunchProgress): void;
  /** A line that stays, above whatever moves. */
  line(text: string): void;
  /** Takes away what moves. */
  clear(): void;
}

/** For logs and pipes: a line for each thing worth one, nothing twice. */
export function createPlainView(write: (text: string) => void): ProgressView {
  return {
    update: (progress) => {
      const line = progressLine(progress);
      if (line !== undefined && line.kind !== "moving") write(`${line.text}\n`);
    },
    line: (text) => write(`${text}\n`),
    clear: () => undefined,
  };
}

const barWidth = 24;
const redrawMs = 80;

/** For terminals: one bar a file and image, redrawn in place. */
export async function createBarView(terminal: NodeJS.WriteStream): Promise<ProgressView> {
  const { createLogUpdate } = await import("log-update");
  const live = createLogUpdate(terminal, { showCursor: true }); // a hidden one would stay so after a crash
  const bars = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  const rest = () => {
    live.clear();
    live.done();
  };
  const draw = () => {
    timer = undefined;
    if (bars.size === 0) rest();
    else live([...bars.values()].join("\n"));
  };
  const lasting = (text: string) => {
    live.clear();
    terminal.write(`${text}\n`);
    clearTimeout(timer);
    draw();
  };
  return {
    update: (progress) => {
      const line = progressLine(progress);
      if (line === undefined) return;
      if (line.kind === "done") {
        bars.delete(line.key);
        lasting(line.text);
      } else {
        bars.set(line.key, `${renderBar(line.part)} ${line.text}`);
        timer ??= setTimeout(draw, redrawMs);
      }
    },
    line: lasting,
    clear: () => {
      clearTimeout(timer);
      timer = undefined;
      bars.clear();
      rest();
    },
  };
}

/** `━━━━━━╌╌╌╌`; without a known size the bar stays empty. */
function renderBar(part: number | undefined): string {
  const full = Math.round((part ?? 0) * barWidth);
  return "━".repeat(full) + "╌".repeat(barWidth - full);
}
