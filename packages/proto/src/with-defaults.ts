import { declaredDefaults } from "./gen/declared-defaults.ts";
import type { MessageCodec } from "./message-codec.ts";

type DeclaredDefaults = typeof declaredDefaults;

/** `T` with the fields that have a declared default no longer optional. */
export type WithDefaults<T, Name extends string> = T &
  (Name extends keyof DeclaredDefaults
    ? { readonly [K in keyof DeclaredDefaults[Name] & keyof T]-?: NonNullable<T[K]> }
    : unknown);

/**
 * A message as it is to be read: unset fields that the .proto file declares a default for have it
 * (`withDefaults(CommandInfo, task.command).shell` is a boolean), all others stay as they are. An unset message reads as an
 * empty one. Nested messages are not touched, nothing is copied but this one level, and that only when a field is unset.
 * Not for messages that are sent on: there an unset field must stay unset.
 */
export function withDefaults<T extends object, Name extends string>(
  codec: MessageCodec<T, Name>,
  message: T | undefined,
): WithDefaults<T, Name> {
  const all: Readonly<Record<string, Readonly<Record<string, unknown>>>> = declaredDefaults;
  const read = (message ?? {}) as WithDefaults<T, Name> & Record<string, unknown>;
  const unset = Object.entries(all[codec.$type] ?? {}).filter(([key]) => read[key] === undefined);
  return unset.length === 0 ? read : Object.assign({ ...read }, Object.fromEntries(unset));
}
