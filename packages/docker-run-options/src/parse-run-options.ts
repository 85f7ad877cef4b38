import { requireApi } from "./api-version.ts";
import { assemble } from "./assemble.ts";
import { findConflicts } from "./conflicts.ts";
import { createDraft, type RunOptionsDraft } from "./draft.ts";
import { invalid, RunOptionError } from "./errors.ts";
import { findOption, suggestOption } from "./find-option.ts";
import type { RunOption } from "./option-table.ts";
import type {
  ParseRunOptionsOptions,
  ParseRunOptionsResult,
  ParsedRunOptions,
  RunOptionFault,
  RunParameter,
} from "./run-options.ts";

/**
 * Reads options of `docker run` as docker's client 28 does, into the parts of a create request. Keys are names, aliases or
 * letters, without dashes. Pure: it reads no file, no environment and no clock. All faults are reported, not the first alone.
 */
export function parseRunOptions(
  parameters: readonly RunParameter[],
  options: ParseRunOptionsOptions = {},
): ParseRunOptionsResult {
  const network = options.network ?? "default";
  const draft = createDraft(options.apiVersion);
  const uses: OptionUse[] = [];
  const faults: RunOptionFault[] = [];

  parameters.forEach(({ key, value }, index) => {
    const option = findOption(key);
    if (!option) {
      faults.push({ index, key, code: "unknown", message: unknownMessage(key) });
      return;
    }
    uses.push({ index, key, name: option.name });
    const error = attempt(() => applyOption(option, value, draft));
    if (error) faults.push({ index, key, code: error.code, message: faultMessage(option, error) });
  });
  if (faults.length > 0) return { ok: false, faults };

  for (const { involved, message } of findConflicts(draft, network, new Set(uses.map(({ name }) => name))))
    faults.push({ ...lastUse(uses, involved), code: "conflict", message });
  let body: ParsedRunOptions["body"] = {};
  const error = attempt(() => {
    body = assemble(draft, network);
  });
  if (error) faults.push({ ...lastUse(uses, error.involved), code: error.code, message: error.message });
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, options: toParsed(draft, body, uses) };
}

interface OptionUse {
  readonly index: number;
  readonly key: string;
  readonly name: string;
}

function applyOption(option: RunOption, value: string, draft: RunOptionsDraft): void {
  // No command line can carry it, and the engine's C parts would cut the value there.
  if (value.includes("\0")) throw invalid("has a NUL byte in its value");
  if (option.minApiVersion !== undefined) requireApi(draft.apiVersion, option.minApiVersion, "it");
  option.apply(draft, value);
}

const dnsOptions = new Set(["dns", "dns-search", "dns-option"]);

function toParsed(
  draft: RunOptionsDraft,
  body: ParsedRunOptions["body"],
  uses: readonly OptionUse[],
): ParsedRunOptions {
  const names = [...new Set(uses.map(({ name }) => name))];
  return {
    body,
    ...(draft.platform !== undefined && { platform: draft.platform }),
    ...(draft.pull !== undefined && { pull: draft.pull }),
    ...(draft.networks[0] && { network: draft.networks[0].name }),
    usesDns: names.some((name) => dnsOptions.has(name)),
    names,
    warnings: draft.warnings,
  };
}

function attempt(action: () => void): RunOptionError | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof RunOptionError) return error;
    throw error;
  }
}

/** The last use of any of these options: where a reader of the list meets the conflict. */
function lastUse(uses: readonly OptionUse[], involved: readonly string[]): { index: number; key: string } {
  const use = uses.findLast(({ name }) => involved.includes(name)) ?? uses.at(-1);
  return { index: use?.index ?? 0, key: use?.key ?? "" };
}

function unknownMessage(key: string): string {
  const suggestion = suggestOption(key);
  const dashes = key.startsWith("-") ? " (names are written without dashes)" : "";
  // A value that slipped into the key may be a secret.
  const shown = shorten(key.replace(/=.*$/s, "=…"), 60);
  return suggestion === undefined
    ? `unknown option "${shown}"${dashes}; see docker run --help for the options there are`
    : `unknown option "${shown}"${dashes}, did you mean ${suggestion}?`;
}

function faultMessage(option: RunOption, error: RunOptionError): string {
  const { code } = error;
  const message = shorten(error.message, 400);
  return code === "refused" ? `option ${option.name} is refused: ${message}` : `option ${option.name}: ${message}`;
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
