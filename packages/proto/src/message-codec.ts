/**
 * What every generated message constant (`TaskInfo`, `CommandInfo`, ...) offers: the wire codec and the full name that
 * leads to its descriptor.
 */
export interface MessageCodec<T, Name extends string = string> {
  /** Full name without a leading dot, for example "mesos.v1.TaskInfo". */
  readonly $type: Name;
  encode(message: T): { finish(): Uint8Array };
  decode(input: Uint8Array): T;
}

/** The message type of a codec: `MessageOf<typeof TaskInfo>` is `TaskInfo`. */
export type MessageOf<C> = C extends MessageCodec<infer T> ? T : never;
