import type { FdWriter } from "./output/fd-writer.ts";

/** What the program has of the world: environment, clock, streams, signals. Read here once, passed on. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** `host:port` where a master of this machine would be, `127.0.0.1:5050` when absent. */
  readonly localMaster?: string | undefined;
  /** Undefined where there are no uids. */
  readonly uid: number | undefined;
  readonly home: string;
  /** Whose process this is: a name, or a uid where there is none. */
  readonly user: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: FdWriter;
  readonly stderr: FdWriter;
  /** Our stderr, when a person looks at it. */
  readonly terminal: NodeJS.WriteStream | undefined;
  /** Calls back for SIGINT, SIGTERM and SIGHUP from now on, instead of ending the process. */
  readonly onSignal: (listener: (signal: NodeJS.Signals) => void) => void;
}
