import type { MessageCodec } from "../message-codec.ts";

/** The same message in the other package's names (`mesos`: slave, `mesos.v1`: agent): their bytes are the same. Nothing is checked. */
export function convertMessage<From, To>(from: MessageCodec<From>, to: MessageCodec<To>, message: From): To {
  return to.decode(from.encode(message).finish());
}
