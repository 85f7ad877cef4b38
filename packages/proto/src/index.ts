export type { MessageCodec, MessageOf } from "./message-codec.ts";
export { ProtoError } from "./proto-error.ts";
export type { ProtoErrorCode, ProtoErrorDetails } from "./proto-error.ts";

export { formatFault } from "./fault.ts";
export type { Fault, FaultCode } from "./fault.ts";
export { faultExcerpt } from "./fault-excerpt.ts";

export { parseMessage } from "./json/parse-message.ts";
export type { ParseMessageOptions, ParseResult } from "./json/parse-message.ts";
export type { UnknownPolicy } from "./json/message-reader.ts";

export { withDefaults } from "./with-defaults.ts";
export type { WithDefaults } from "./with-defaults.ts";

export { toMesosJson } from "./json/to-mesos-json.ts";
export type { ToMesosJsonOptions } from "./json/to-mesos-json.ts";

export { missingRequired } from "./wire/missing-required.ts";
export { encodeMessage } from "./wire/encode-message.ts";
export { decodeMessage } from "./wire/decode-message.ts";
export { convertMessage } from "./wire/convert-message.ts";

export { isTerminalState } from "./terminal-state.ts";

export { encodeRecord } from "./recordio/encode-record.ts";
export { createRecordDecoder } from "./recordio/record-decoder.ts";
export type { RecordDecoder, RecordDecoderOptions } from "./recordio/record-decoder.ts";
export { decodeRecords } from "./recordio/decode-records.ts";
export type { DecodeRecordsOptions } from "./recordio/decode-records.ts";
