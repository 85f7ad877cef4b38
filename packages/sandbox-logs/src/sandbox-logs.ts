/** Which of the two files. With a tty there is only `stdout`. */
export type LogStream = "stdout" | "stderr";

export interface LogRequest {
  /** The container's id in the engine. */
  readonly engineContainerId: string;
  /** Absolute path of the sandbox; the files are `stdout` and `stderr` in it. */
  readonly sandboxDirectory: string;
  readonly tty: boolean;
  /** Owner of the files; left as they are when absent. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
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

/** The logs of one container. Log trouble never decides a task's life: nothing here throws after `attach` but programming errors. */
export interface LogSession {
  /** Attaches. Before `start` it catches the first byte. Rejects with SandboxLogsError when the engine refuses. */
  attach(options?: { signal?: AbortSignal | undefined }): Promise<void>;
  /**
   * Call when there is evidence that the container has exited. Resolves when every byte is in the files; takes what a stream that
   * ended early has missed from the engine's own log.
   */
  settle(options?: { signal?: AbortSignal | undefined }): Promise<LogSettlement>;
  /** Appends a line of our own to the task's `stderr` file (the way the original's executor does). */
  note(line: string): void;
  /** Lets go of streams and files without waiting. */
  abandon(): Promise<void>;
}

export interface SandboxLogs {
  /** Opens (append, 0644) or creates the files. Rejects with SandboxLogsError: a link in their place, no permission, full disk. */
  open(request: LogRequest): Promise<LogSession>;
  /** What containers must be created with, so that the engine's own copy is capped and exact enough to resume from. */
  readonly engineLogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
}
