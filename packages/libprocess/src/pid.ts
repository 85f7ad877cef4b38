/** The address of a libprocess process, `slave(1)@10.0.0.2:5051`. */
export interface Pid {
  readonly id: string;
  /** An IPv4 address, or a name. */
  readonly host: string;
  readonly port: number;
}

/** What stands in `pid` fields when there is no process: an HTTP framework. */
export const nullPid: Pid = { id: "", host: "0.0.0.0", port: 0 };

export function formatPid(pid: Pid): string {
  return `${pid.id}@${pid.host}:${pid.port}`;
}

/** Undefined for what is no PID. The id may be empty. */
export function parsePid(text: string): Pid | undefined {
  const [, id, host, port] = /^([^@]*)@([^@:/\s]+):(\d{1,5})$/.exec(text.trim()) ?? [];
  if (id === undefined || host === undefined || port === undefined || Number(port) > 65_535) return undefined;
  return { id, host, port: Number(port) };
}

export function samePid(a: Pid, b: Pid): boolean {
  return a.id === b.id && a.host === b.host && a.port === b.port;
}
