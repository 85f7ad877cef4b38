/** What the program has of the world: environment, clock, streams, signals. Read once where the process begins, passed on. */
export interface AgentIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Undefined where there are no uids. */
  readonly uid: number | undefined;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Calls back for SIGINT, SIGTERM and SIGUSR1 from now on, instead of ending the process. */
  readonly onSignal: (listener: (signal: NodeJS.Signals) => void) => void;
  /** Calls back once with what nobody has caught; the process ends with 1 when the listener returns. */
  readonly onUncaught?: ((listener: (error: unknown) => void) => void) | undefined;
}
