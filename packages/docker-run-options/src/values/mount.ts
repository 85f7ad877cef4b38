import type { Mount } from "@berth/engine-client";
import { invalid, refused } from "../errors.ts";
import { parseByteSize } from "./byte-size.ts";
import { parseCsvRecord } from "./csv-record.ts";
import { parseBool } from "./go-numbers.ts";
import { parsePair } from "./key-values.ts";
import { putEntry } from "./put-entry.ts";

type Setter = (mount: Mount, value: string) => void;

/** Every key of `--mount`. Families (`bind-*`, `volume-*`, ...) go with the mount type of that name only. */
const keys: Readonly<Record<string, Setter>> = {
  type: (mount, value) => (mount.Type = value.toLowerCase() as Mount["Type"]),
  source: (mount, value) => (mount.Source = hostSource(value)),
  target: (mount, value) => (mount.Target = value),
  readonly: (mount, value) => (mount.ReadOnly = parseBool(value)),
  consistency: (mount, value) => (mount.Consistency = value.toLowerCase()),
  "bind-propagation": (mount, value) => (bind(mount).Propagation = value.toLowerCase()),
  "bind-nonrecursive": (mount, value) => (bind(mount).NonRecursive = parseBool(value)),
  "bind-recursive": setRecursion,
  "volume-subpath": (mount, value) => (volume(mount).Subpath = value),
  "volume-nocopy": (mount, value) => (volume(mount).NoCopy = parseBool(value)),
  "volume-label": (mount, value) => addLabel(volume(mount), value),
  "volume-driver": (mount, value) => (driver(mount).Name = value),
  "volume-opt": (mount, value) => addPair((driver(mount).Options ??= {}), value),
  "image-subpath": (mount, value) => ((mount.ImageOptions ??= {}).Subpath = value),
  "tmpfs-size": (mount, value) => ((mount.TmpfsOptions ??= {}).SizeBytes = parseByteSize(value)),
  "tmpfs-mode": (mount, value) => ((mount.TmpfsOptions ??= {}).Mode = parseMode(value)),
};

const synonyms: Readonly<Record<string, string>> = {
  src: "source",
  dst: "target",
  destination: "target",
  ro: "readonly",
};
const switches = new Set(["readonly", "volume-nocopy", "bind-nonrecursive"]);

/** `--mount type=...,source=...,target=...`: csv of key=value. The default type is volume. */
export function parseMount(text: string): Mount {
  const mount: Mount = { Type: "volume", Target: "" };
  parseCsvRecord(text).forEach((field, index) => {
    const [written, value] = parsePair(field);
    const lower = written.toLowerCase();
    const key = synonyms[lower] ?? lower;
    const setter = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (!field.includes("=") && !switches.has(key)) throw invalid(`field ${index + 1} is not of the form key=value`);
    if (!setter) throw invalid(`the key "${written}" is unknown; known are ${Object.keys(keys).join(", ")}`);
    setter(mount, field.includes("=") ? value : "true");
  });
  checkMount(mount);
  return mount;
}

const families: readonly [field: keyof Mount, type: Mount["Type"]][] = [
  ["VolumeOptions", "volume"],
  ["ImageOptions", "image"],
  ["BindOptions", "bind"],
  ["TmpfsOptions", "tmpfs"],
];
const types: readonly string[] = ["bind", "volume", "tmpfs", "npipe", "cluster", "image"];

function checkMount(mount: Mount): void {
  if (!types.includes(mount.Type)) throw invalid(`the type "${mount.Type}" is unknown; known are ${types.join(", ")}`);
  if (mount.Target === "") throw invalid("has no target");
  for (const [field, type] of families) {
    if (mount[field] !== undefined && mount.Type !== type)
      throw invalid(`${type}-* keys do not go with type=${mount.Type}`);
  }
  const options = mount.BindOptions;
  if (options?.ReadOnlyNonRecursive === true && mount.ReadOnly !== true)
    throw invalid("bind-recursive=writable needs readonly");
  if (options?.ReadOnlyForceRecursive === true && mount.ReadOnly !== true)
    throw invalid("bind-recursive=readonly needs readonly");
  if (options?.ReadOnlyForceRecursive === true && options.Propagation !== "rprivate")
    throw invalid("bind-recursive=readonly needs bind-propagation=rprivate");
}

function setRecursion(mount: Mount, value: string): void {
  switch (value) {
    case "enabled":
      return;
    case "disabled":
      bind(mount).NonRecursive = true;
      return;
    case "writable":
      bind(mount).ReadOnlyNonRecursive = true;
      return;
    case "readonly":
      bind(mount).ReadOnlyForceRecursive = true;
      return;
    default:
      throw invalid(`bind-recursive is "${value}"; write enabled, disabled, writable or readonly`);
  }
}

function hostSource(value: string): string {
  if (value.startsWith("."))
    throw refused("the relative source would be resolved in the agent's working directory; write an absolute path");
  return value;
}

function bind(mount: Mount): NonNullable<Mount["BindOptions"]> {
  return (mount.BindOptions ??= {});
}

// Docker's client sends a driver object with every volume option, so that both requests are the same.
function volume(mount: Mount): NonNullable<Mount["VolumeOptions"]> {
  return (mount.VolumeOptions ??= { DriverConfig: {} });
}

function driver(mount: Mount): { Name?: string; Options?: Record<string, string> } {
  return (volume(mount).DriverConfig ??= {});
}

function addLabel(options: NonNullable<Mount["VolumeOptions"]>, text: string): void {
  if (parsePair(text)[0] !== "") addPair((options.Labels ??= {}), text);
}

function addPair(target: Record<string, string>, text: string): void {
  const [key, value] = parsePair(text);
  if (key !== "") putEntry(target, key, value);
}

function parseMode(text: string): number {
  if (!/^[0-7]{1,11}$/.test(text)) throw invalid(`the mode "${text}" is not an octal number`);
  const mode = Number.parseInt(text, 8);
  if (mode > 0xffffffff) throw invalid(`the mode "${text}" is too large`);
  return mode;
}
