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
