import type { DeviceRequest } from "@berth/engine-client";
import { invalid } from "../errors.ts";
import { parseCsvRecord } from "./csv-record.ts";
import { parseDecimal } from "./go-numbers.ts";
import { parsePair } from "./key-values.ts";

/** `all`, a count, or `driver=,count=,device=,capabilities=,options=` as csv. */
export function parseGpus(text: string): DeviceRequest {
  const request: DeviceRequest = {};
  const seen = new Set<string>();
  for (const field of parseCsvRecord(text)) {
    const [key, value] = parsePair(field);
    if (seen.has(key)) throw invalid(`the key "${key}" is given twice`);
    seen.add(key);
    if (!field.includes("=")) {
      seen.add("count");
      request.Count = parseCount(key);
      continue;
    }
    setField(request, key, value);
  }
  if (!seen.has("count") && request.DeviceIDs === undefined) request.Count = 1;
  request.Options ??= {};
  request.Capabilities ??= [["gpu"]];
  return request;
}

function setField(request: DeviceRequest, key: string, value: string): void {
  switch (key) {
    case "driver":
      request.Driver = value;
      return;
    case "count":
      request.Count = parseCount(value);
      return;
    case "device":
      request.DeviceIDs = value.split(",");
      return;
    case "capabilities":
      request.Capabilities = [[...value.split(","), "gpu"]];
      return;
    case "options":
      request.Options = Object.fromEntries(parseCsvRecord(value).map(parsePair));
      return;
    default:
      throw invalid(`the key "${key}" is unknown; known are driver, count, device, capabilities, options`);
  }
}

function parseCount(text: string): number {
  return text === "all" ? -1 : parseDecimal(text);
}
