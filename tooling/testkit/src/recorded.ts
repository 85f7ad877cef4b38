import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../fixtures/recorded");

/** A scenario of the recording; fixtures/recorded/README.md says what happens in each. */
export type RecordedScenario = "s1" | "s2" | "s3" | "s4" | "s5" | "s6" | "s7" | "s8";

/** One HTTP message that a real Mesos program sent. */
export interface RecordedMessage {
  /** Its name in the scenario's INDEX.txt; sorted, messages are in their order on the wire. */
  readonly file: string;
  /** `POST /master/mesos.internal.RegisterSlaveMessage HTTP/1.1` or `HTTP/1.1 200 OK` */
  readonly firstLine: string;
  /** In order, spelled as sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without the chunks around it. */
  readonly body: Uint8Array;
  /** As on the wire. */
  readonly raw: Uint8Array;
}

/** The messages of a scenario in their order, those whose file name holds `part`. Throws when there is none. */
export function recordedMessages(scenario: RecordedScenario, part = ""): readonly RecordedMessage[] {
  const names = readdirSync(path.join(folder, scenario))
    .filter((name) => name.endsWith(".http") && name.includes(part))
    .sort();
  if (names.length === 0) throw new Error(`nothing in ${scenario} is called ${part}`);
  return names.map((name) => parse(name, readFileSync(path.join(folder, scenario, name))));
}

/** What a real endpoint answered, `agent.state.trimmed` or `agent.v1.GET_TASKS.trimmed`; `json` is undefined without a body. */
export function recordedAnswer(name: string): { readonly headers: string; readonly json: unknown } {
  const text = readFileSync(path.join(folder, "http", `${name}.json`), "utf8");
  const headersName = `${name.replace(/\.trimmed$/, "")}.headers`;
  return {
    headers: readFileSync(path.join(folder, "http", headersName), "utf8"),
    json: text === "" ? undefined : JSON.parse(text),
  };
}

function parse(file: string, raw: Buffer): RecordedMessage {
  const end = raw.indexOf("\r\n\r\n");
  const [firstLine = "", ...lines] = raw.subarray(0, end).toString("latin1").split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  const chunked = headers.some(([name, value]) => name.toLowerCase() === "transfer-encoding" && value === "chunked");
  const rest = raw.subarray(end + 4);
  return { file, firstLine, headers, body: chunked ? dechunk(rest) : rest, raw };
}

/** A stream that was still open when the recording ended just stops. */
function dechunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let offset = 0; ;) {
    const lineEnd = bytes.indexOf("\r\n", offset);
    if (lineEnd === -1) break;
    const length = Number.parseInt(bytes.subarray(offset, lineEnd).toString("latin1"), 16);
    if (!(length > 0)) break;
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + length));
    offset = lineEnd + 2 + length + 2;
  }
  return Buffer.concat(parts);
}
