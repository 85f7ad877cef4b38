/** Which of the two files. With a tty there is only `stdout`. */
export type LogStream = "stdout" | "stderr";

/** How large a log may grow. */
export interface LogLimits {
  /** A file that would grow beyond this is moved to `stdout.1` (and that to `stdout.2` ...) at the end of a line. */
  readonly maxFileBytes: number;
  /** How many files there may be, the current one included; the oldest is removed. */
  readonly maxFiles: number;
}

export interface LogRequest {
  /** The container's id in the engine. */
  readonly engineContainerId: string;
  /** Absolute path of the sandbox; the files are `stdout` and `stderr` in it. */
  readonly sandboxDirectory: string;
  readonly tty: boolean;
  /** Owner of the files; left as they are when absent. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  /** Limits of this container, instead of those that all have. */
  readonly limits?: { readonly stdout?: LogLimits | undefined; readonly stderr?: LogLimits | undefined } | undefined;
}

/** Something that is missing in a log. */
export interface LogGap {
  /** Position in the log, counted from the first byte it ever held, where the missing bytes would stand. */
  readonly offset: number;
  /** Absent when nobody knows. */
  readonly lostBytes?: number | undefined;
  readonly why: string;
}

/** How the logs of a container ended. */
export interface LogSettlement {
  /** Bytes in the files, rotated ones included. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** `live`: every byte came through attach. `completed`: the tail came from the engine's own log. `incomplete`: it says why. */
  readonly outcome: "live" | "completed" | "incomplete";
  readonly why?: string | undefined;
}

/**
 * Which byte of the container's stream stands where in the log. With the file's length after a crash (`n` bytes less than
 * `logBytes`, and no note among them) it says where to resume: at `sourceBytes - n`.
 */
export interface LogPosition {
  /** Bytes of the container's stream taken so far. */
  readonly sourceBytes: number;
  /** Length of the log when these are written: earlier content, notes and rotated files included, dropped output not. */
  readonly logBytes: number;
  /** How many of `logBytes` are in rotated files. */
  readonly rotatedBytes: number;
}

/** The logs of one container. Log trouble never decides a task's life: nothing here throws after `attach` but programming errors. */
export interface LogSession {
  /** Attaches. Before `start` it catches the first byte. Rejects with SandboxLogsError when the engine refuses. */
  attach(options?: { signal?: AbortSignal | undefined }): Promise<void>;
  /**
   * Call on a hint of the exit that is still to be confirmed: an answered wait, a `die` event. A stream that ends in order then waits
   * longer for `settle` before it counts as broken.
   */
  exitExpected(): void;
  /**
   * Call when there is evidence that the container has exited, and before it is removed. Resolves when every byte is in the files;
   * takes what a stream that ended early has missed from the engine's own log. An aborted `signal` ends it with what there is.
   */
  settle(options?: { signal?: AbortSignal | undefined }): Promise<LogSettlement>;
  /** Appends a line of our own to the task's `stderr` file (the way the original's executor does). */
  note(line: string): void;
  /** Lets go of streams and files without waiting for more output. What was received is written. */
  abandon(): Promise<void>;
  /** For a checkpoint, so that a later process can resume exactly where the file ends. */
  position(): Readonly<Record<LogStream, LogPosition>>;
}

export interface SandboxLogs {
  /** Opens (append, 0644) or creates the files. Rejects with SandboxLogsError: a link in their place, no permission, full disk. */
  open(request: LogRequest): Promise<LogSession>;
  /** What containers must be created with, so that the engine's own copy is capped and exact enough to resume from. */
  readonly engineLogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
}
