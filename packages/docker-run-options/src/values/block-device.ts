import { invalid } from "../errors.ts";
import { parseByteSize } from "./byte-size.ts";
import { parseDecimal, uint16, uint64 } from "./go-numbers.ts";

/** `/dev/sda:10mb`: bytes a second. */
export function parseByteRate(text: string): { Path: string; Rate: number } {
  const [Path, value] = splitDevice(text);
  return { Path, Rate: parseByteSize(value) };
}

/** `/dev/sda:1000`: operations a second. */
export function parseOperationRate(text: string): { Path: string; Rate: number } {
  const [Path, value] = splitDevice(text);
  return { Path, Rate: parseDecimal(value, uint64) };
}

/** `/dev/sda:200`: 10 to 1000, or 0 to switch it off. */
export function parseDeviceWeight(text: string): { Path: string; Weight: number } {
  const [Path, value] = splitDevice(text);
  const Weight = parseDecimal(value, uint16);
  if (Weight !== 0 && (Weight < 10 || Weight > 1000)) throw invalid(`the weight ${Weight} is outside 10 to 1000`);
  return { Path, Weight };
}

function splitDevice(text: string): [string, string] {
  const at = text.indexOf(":");
  if (at === -1) throw invalid(`"${text}" is not of the form /dev/name:number`);
  const path = text.slice(0, at);
  if (!path.startsWith("/dev/")) throw invalid(`"${path}" is not a device path; it must begin with /dev/`);
  return [path, text.slice(at + 1)];
}
