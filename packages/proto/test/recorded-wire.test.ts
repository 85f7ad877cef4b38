import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeMessage, encodeMessage, parseMessage, toMesosJson } from "../src/index.ts";
import { codecNamed } from "./support/codecs.ts";

const folder = new URL("fixtures/wire/", import.meta.url);

/** `s1-0000.RegisterSlaveMessage.bin` holds a mesos.internal message, `s4-0055.v1.scheduler.Call.bin` a mesos.v1 one. */
function typeNameOf(file: string): string {
  const name = file.slice(file.indexOf(".") + 1, -".bin".length);
  return name.startsWith("v1.") ? `mesos.${name}` : `mesos.internal.${name}`;
}

describe("bytes that Mesos sent", () => {
  it.each(readdirSync(folder))("%s", (file) => {
    const bytes = new Uint8Array(readFileSync(new URL(file, folder)));
    const codec = codecNamed(typeNameOf(file));

    const decoded = decodeMessage(codec, bytes);
    if (!decoded.ok) expect.fail(JSON.stringify(decoded.faults));
    expect(Buffer.from(encodeMessage(codec, decoded.value)).toString("hex")).toBe(Buffer.from(bytes).toString("hex"));

    const fromJson = parseMessage(codec, toMesosJson(codec, decoded.value, { defaults: "omit" }));
    if (!fromJson.ok) expect.fail(JSON.stringify(fromJson.faults));
    expect(Buffer.from(encodeMessage(codec, fromJson.value)).toString("hex")).toBe(Buffer.from(bytes).toString("hex"));
  });
});
