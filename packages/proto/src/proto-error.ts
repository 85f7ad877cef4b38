import type { Fault } from "./fault.ts";

export type ProtoErrorCode =
  /** The codec's `$type` is in no .proto file of this package. */
  | "unknown-message-type"
  /** A message may not be encoded or written as it is; `faults` says where. */
  | "invalid-message"
  /** A RecordIO length line is not a decimal number. */
  | "malformed-record"
  /** A RecordIO record is longer than the decoder allows. */
  | "record-too-large"
  /** A RecordIO stream ended inside a record. */
  | "truncated-record";

export interface ProtoErrorDetails {
  readonly faults?: readonly Fault[];
  /** Of a RecordIO stream: bytes before the record that is at fault. */
  readonly offsetBytes?: number;
  readonly cause?: unknown;
}

/** The one error that this package throws. Faults in somebody's input are returned instead, see {@link Fault}. */
export class ProtoError extends Error {
  override readonly name = "ProtoError";
  readonly code: ProtoErrorCode;
  readonly faults: readonly Fault[];
  readonly offsetBytes: number | undefined;

  constructor(code: ProtoErrorCode, message: string, details: ProtoErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.faults = details.faults ?? [];
    this.offsetBytes = details.offsetBytes;
  }
}
