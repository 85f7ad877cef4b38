export interface EngineLogOptions {
  /**
   * `local` (default) keeps bytes as they are; `json-file` damages what is not UTF-8; `none` keeps nothing, so that nothing can be
   * filled in after a broken stream.
   */
  readonly driver?: "local" | "json-file" | "none" | undefined;
  /** Size of one file of the engine's copy; default 10 MiB. */
  readonly maxFileBytes?: number | undefined;
  /** Number of its files; default 3. All but one of them are always full of the latest output. */
  readonly maxFiles?: number | undefined;
}

export interface EngineLogConfig {
  readonly Type: string;
  readonly Config: Readonly<Record<string, string>>;
}

/** Never compressed: an engine that is restarted while it compresses can leave the whole log unreadable, and it costs CPU. */
export function engineLogConfig(options: EngineLogOptions): EngineLogConfig {
  const driver = options.driver ?? "local";
  if (driver === "none") return { Type: "none", Config: {} };
  const { maxFileBytes, maxFiles } = capOf(options);
  const size = { "max-size": String(maxFileBytes), "max-file": String(maxFiles) };
  return { Type: driver, Config: { ...size, compress: "false" } };
}

/**
 * Whether the engine's log certainly still has its first byte: an upper bound of what the driver stored for it is below what the
 * driver keeps before it throws a file away. `entries` is the number of records that the log came back in.
 */
export function certainlyComplete(payloadBytes: number, entries: number, options: EngineLogOptions): boolean {
  const { maxFileBytes, maxFiles } = capOf(options);
  // local: two lengths and a protobuf envelope a record. json-file: an escape of up to 6 bytes for one, and an envelope.
  const stored = options.driver === "json-file" ? 6 * payloadBytes + 160 * entries : payloadBytes + 64 * entries;
  return stored < maxFileBytes * Math.max(1, maxFiles - 1);
}

const replacementCharacter = Buffer.from("\u{fffd}");
/** Where the engine cuts a line into records. */
const recordBytes = 16 * 1024;

/**
 * Why these bytes of the engine's log may differ from what the container wrote; undefined when they cannot. json-file replaces what is
 * not UTF-8; local loses the line end of a line that took more than one record (measured with 20.10).
 */
export function possibleDamage(bytes: Buffer, options: EngineLogOptions): string | undefined {
  if (options.driver === "json-file") {
    return bytes.includes(replacementCharacter) ? "the engine's log has replaced bytes that are not UTF-8" : undefined;
  }
  for (let from = 0; bytes.length - from >= recordBytes;) {
    const end = bytes.indexOf(0x0a, from);
    if (end < 0 || end - from >= recordBytes) return "the engine's log may lack the end of a line over 16 KiB";
    from = end + 1;
  }
  return undefined;
}

function capOf(options: EngineLogOptions): { maxFileBytes: number; maxFiles: number } {
  return { maxFileBytes: options.maxFileBytes ?? 10 * 1024 * 1024, maxFiles: options.maxFiles ?? 3 };
}
