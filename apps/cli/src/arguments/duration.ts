import { CliError } from "../cli-error.ts";

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  secs: 1_000,
  mins: 60_000,
  hrs: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};

/** `500ms`, `1.5mins`, in milliseconds. Units are those of Mesos' flags. Throws CliError `usage`. */
export function parseDuration(flag: string, text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text) ?? [];
  const factor = unitMs[unit];
  if (factor !== undefined) return Number(number) * factor;
  throw new CliError(
    "usage",
    `${flag} ${text}: write a number and a unit (${Object.keys(unitMs).join(", ")}), such as 30secs`,
  );
}
