import type { MessageCodec } from "@berth/proto";

/** The same message in the other package's names (slave and agent): their bytes are the same. */
export function convert<From, To>(from: MessageCodec<From>, to: MessageCodec<To>, message: From): To {
  return to.decode(from.encode(message).finish());
}
