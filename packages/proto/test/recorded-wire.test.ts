import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeMessage, encodeMessage, parseMessage, toMesosJson } from "../src/index.ts";
import { codecNamed } from "./support/codecs.ts";
import { valueOf } from "./support/value-of.ts";

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

    const message = valueOf(decodeMessage(codec, bytes));
    expect(Buffer.from(encodeMessage(codec, message)).toString("hex")).toBe(Buffer.from(bytes).toString("hex"));

    const fromJson = valueOf(parseMessage(codec, toMesosJson(codec, message, { defaults: "omit" })));
    expect(Buffer.from(encodeMessage(codec, fromJson)).toString("hex")).toBe(Buffer.from(bytes).toString("hex"));
  });
});
