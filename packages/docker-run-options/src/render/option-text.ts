/** `--name=value`; the form with `=` is the one that every type of option takes. */
export function option(name: string, value: string | number): string {
  return `--${name}=${value}`;
}

export function repeated(name: string, values: readonly string[]): string[] {
  return values.map((value) => option(name, value));
}

/** `--name=key=value` for every entry. */
export function entries(name: string, map: Readonly<Record<string, string>>): string[] {
  return Object.entries(map).map(([key, value]) => option(name, value === "" ? key : `${key}=${value}`));
}

/** A switch that is off when left out. */
export function flag(name: string, on: boolean): string[] {
  return on ? [`--${name}`] : [];
}

/** A word that counts as left out when it is empty. */
export function word(name: string, value: string): string[] {
  return value === "" ? [] : [option(name, value)];
}

/** What a part of the request becomes: options, or its name when `docker run` has no option for it. */
export interface Rendered {
  readonly args: readonly string[];
  readonly inexpressible: readonly string[];
}

export const expressed = (args: readonly string[]): Rendered => ({ args, inexpressible: [] });
export const inexpressible = (...fields: readonly string[]): Rendered => ({ args: [], inexpressible: fields });

export function join(parts: readonly Rendered[]): Rendered {
  return {
    args: parts.flatMap(({ args }) => args),
    inexpressible: parts.flatMap(({ inexpressible }) => inexpressible),
  };
}
