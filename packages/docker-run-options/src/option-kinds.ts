import type { HostConfig } from "@berth/engine-client";
import type { ConfigPart, RunOptionsDraft } from "./draft.ts";
import { refused } from "./errors.ts";
import { parseByteSize, parseSwapSize } from "./values/byte-size.ts";
import { parseBool, parseInteger } from "./values/go-numbers.ts";
import type { Pair } from "./values/key-values.ts";
import { putEntry } from "./values/put-entry.ts";

/** What a value looks like, in the words of `docker run --help`. */
export type OptionType =
  | "bool"
  | "bytes"
  | "decimal"
  | "duration"
  | "gpu-request"
  | "int"
  | "list"
  | "map"
  | "mount"
  | "network"
  | "string"
  | "ulimit";

/** The behaviour of one row of the option table. */
export interface OptionKind {
  readonly type: OptionType;
  /** The field of `POST /containers/create` that it ends in; empty when it stands outside the body. */
  readonly field: string;
  readonly apply: (draft: RunOptionsDraft, value: string) => void;
  /** Why Berth refuses the option, whatever its value. */
  readonly refusal?: string;
}

type KeysFor<Holder, Value> = {
  [Key in keyof Holder & string]-?: NonNullable<Holder[Key]> extends Value
    ? Value extends NonNullable<Holder[Key]>
      ? Key
      : never
    : never;
}[keyof Holder & string];

/** The fields of the request that hold exactly this type of value: the compiler checks that a row fits its field. */
export type FieldOf<Value> = KeysFor<ConfigPart, Value> | `HostConfig.${KeysFor<HostConfig, Value>}`;

/** One value; the last one given counts. */
export function scalar<Value>(type: OptionType, field: FieldOf<Value>, parse: (text: string) => Value): OptionKind {
  return {
    type,
    field,
    apply: (draft, value) => {
      const [holder, key] = locate(draft, field);
      holder[key] = parse(value);
    },
  };
}

export const bool = (field: FieldOf<boolean>) => scalar<boolean>("bool", field, parseBool);
export const text = (field: FieldOf<string>, parse: (value: string) => string = (value) => value) =>
  scalar<string>("string", field, parse);
export const int = (field: FieldOf<number>, parse: (value: string) => number = (value) => parseInteger(value)) =>
  scalar<number>("int", field, parse);
export const bytes = (field: FieldOf<number>) => scalar<number>("bytes", field, parseByteSize);
export const swapBytes = (field: FieldOf<number>) => scalar<number>("bytes", field, parseSwapSize);

/** Every value is one more item, in order. */
export function list<Item = string>(
  field: FieldOf<Item[]>,
  parse: (text: string) => Item,
  type: OptionType = "list",
): OptionKind {
  return {
    type,
    field,
    apply: (draft, value) => {
      const [holder, key] = locate(draft, field);
      const items = (holder[key] ??= []) as Item[];
      items.push(parse(value));
    },
  };
}

export const words = (field: FieldOf<string[]>) => list(field, (value) => value);

/** Every value is one entry; a later one for the same key counts. */
export function map(field: FieldOf<Record<string, string>>, parse: (text: string) => Pair): OptionKind {
  return {
    type: "map",
    field,
    apply: (draft, value) => {
      const [holder, key] = locate(draft, field);
      const entries = (holder[key] ??= {}) as Record<string, string>;
      putEntry(entries, ...parse(value));
    },
  };
}

/** An option whose values end in more than one place. `field` is for the reader. */
export function custom(type: OptionType, field: string, apply: OptionKind["apply"]): OptionKind {
  return { type, field, apply };
}

/** An option that Berth does not take. */
export function never(type: OptionType, refusal: string): OptionKind {
  return {
    type,
    field: "",
    refusal,
    apply: () => {
      throw refused(refusal);
    },
  };
}

// The typed field names above make this safe: a path always names a field of its holder.
function locate(draft: RunOptionsDraft, field: string): [Record<string, unknown>, string] {
  const prefix = "HostConfig.";
  return field.startsWith(prefix)
    ? [draft.host as Record<string, unknown>, field.slice(prefix.length)]
    : [draft.config, field];
}
