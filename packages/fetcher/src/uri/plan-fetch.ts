import type { CommandInfo_URI } from "@berth/proto/v1";
import { type ArchiveKind, archiveKind } from "./archive-kind.ts";
import { type ParsedUri, parseSource } from "./parse-source.ts";
import { redactUri } from "./redact-uri.ts";

/** One thing to fetch: what a URI asks for, decided before anything is touched. */
export interface PlannedFetch {
  readonly index: number;
  /** The URI as it may be shown. */
  readonly shownUri: string;
  readonly parsed: ParsedUri;
  readonly cache: boolean;
  readonly executable: boolean;
  readonly extract: ArchiveKind | undefined;
  /** Components below the sandbox. */
  readonly target: readonly string[];
}

export interface PlanFault {
  readonly index: number;
  /** Where the fault stands in the URI's JSON. */
  readonly field: "value" | "output_file";
  readonly code: "invalid-uri" | "conflict";
  readonly message: string;
}

export interface FetchPlan {
  readonly items: readonly PlannedFetch[];
  readonly faults: readonly PlanFault[];
}

/** Pure: the work that the URIs of one task mean, and everything about them that cannot work. Exact duplicates collapse. */
export function planFetch(uris: readonly CommandInfo_URI[], cacheEnabled: boolean): FetchPlan {
  const faults: PlanFault[] = [];
  const items = new Map<string, PlannedFetch>();
  for (const [index, uri] of uris.entries()) {
    const item = planOne(index, uri);
    if ("message" in item) {
      faults.push(item);
      continue;
    }
    const identity = JSON.stringify([uri.value?.trimStart(), item.executable, uri.extract ?? true, uri.outputFile]);
    const earlier = items.get(identity);
    items.set(identity, earlier === undefined ? item : { ...earlier, cache: earlier.cache || item.cache });
  }
  const planned = [...items.values()].map((item) => ({ ...item, cache: item.cache && cacheEnabled }));
  return { items: planned, faults: [...faults, ...conflicts(planned)] };
}

/** An archive that comes through the cache leaves only its contents in the sandbox. */
export function keepsFile(item: PlannedFetch): boolean {
  return !(item.cache && item.extract !== undefined);
}

/** The name of the one file inside a `.gz`: in the sandbox itself, as the original has it. */
export function gunzipName(item: PlannedFetch): string {
  return (item.target.at(-1) ?? "").slice(0, -".gz".length);
}

function planOne(index: number, uri: CommandInfo_URI): PlannedFetch | PlanFault {
  const parsed = parseSource(uri.value ?? "");
  const shownUri = redactUri(uri.value ?? "");
  const fault = (message: string, field: PlanFault["field"]): PlanFault => ({
    index,
    field,
    code: "invalid-uri",
    message: `${message}: '${shownUri}'`,
  });
  if (!parsed.ok) return fault(parsed.message, "value");
  const target = targetOf(uri.outputFile, parsed.value.baseName);
  if (typeof target === "string") return fault(target, uri.outputFile === undefined ? "value" : "output_file");
  const executable = uri.executable ?? false;
  const extract = !executable && (uri.extract ?? true) ? archiveKind(target.at(-1) ?? "") : undefined;
  return { index, shownUri, parsed: parsed.value, cache: uri.cache ?? false, executable, extract, target };
}

function targetOf(outputFile: string | undefined, baseName: string): readonly string[] | string {
  if (outputFile === undefined) {
    if (baseName !== "" && baseName !== "." && baseName !== "..") return [baseName];
    return "The URI has no file name at its end; set output_file";
  }
  if (outputFile === "") return "URI output file must not be empty";
  if (outputFile.includes("\0")) return "URI output file must not contain NUL";
  if (outputFile.startsWith("/")) return "URI output file must be within the sandbox directory";
  const parts = outputFile.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) return "URI output file must be within the sandbox directory (it contains `..`)";
  if (parts.length === 0 || outputFile.endsWith("/")) return "URI output file must name a file";
  return parts;
}

function conflicts(items: readonly PlannedFetch[]): PlanFault[] {
  const owners = new Map<string, PlannedFetch>();
  const faults: PlanFault[] = [];
  for (const item of items) {
    for (const name of writtenNames(item)) {
      const other = owners.get(name) ?? owners.get(`${name}/`) ?? parentOwner(owners, name);
      if (other !== undefined && other !== item) {
        const message = `Two URIs have the same target '${name}' in the sandbox: '${other.shownUri}' and '${item.shownUri}'; give one of them another output_file`;
        faults.push({ index: item.index, field: "value", code: "conflict", message });
      }
      owners.set(name, item);
      for (const parent of parentsOf(name)) owners.set(`${parent}/`, item);
    }
  }
  return faults;
}

function writtenNames(item: PlannedFetch): string[] {
  const names = keepsFile(item) ? [item.target.join("/")] : [];
  if (item.extract === "gunzip") names.push(gunzipName(item));
  return names;
}

function parentOwner(owners: ReadonlyMap<string, PlannedFetch>, name: string): PlannedFetch | undefined {
  return parentsOf(name)
    .map((parent) => owners.get(parent))
    .find((owner) => owner !== undefined);
}

function parentsOf(name: string): string[] {
  const parts = name.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
