import { CliError } from "./cli-error.ts";

/** Coded errors speak for themselves. Anything else is a fault of ours, and says where, on one line. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof CliError || "code" in error) return error.message;
  const place =
    error.stack
      ?.split("\n")
      .find((line) => line.trimStart().startsWith("at "))
      ?.trim() ?? "";
  return `${error.message} (a fault of berth itself, ${place}; please report it)`;
}
