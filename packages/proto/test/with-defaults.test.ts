import { readFileSync } from "node:fs";
import { describe, expect, expectTypeOf, it } from "vitest";
import { messageShape } from "../src/descriptors/message-shape.ts";
import { declaredDefaults } from "../src/gen/declared-defaults.ts";
import type { CommandInfo_URI } from "../src/gen/mesos/v1/mesos.ts";
import { CommandInfo, ContainerInfo_DockerInfo, HealthCheck, KillPolicy } from "../src/gen/mesos/v1/mesos.ts";
import { decodeMessage, encodeMessage, parseMessage, toMesosJson, withDefaults } from "../src/index.ts";
import { allCodecs } from "./support/codecs.ts";

describe("withDefaults", () => {
  it("fills what is unset and declared, and nothing else", () => {
    expect(withDefaults(CommandInfo, { value: "true" })).toEqual({ value: "true", shell: true });
    expect(withDefaults(ContainerInfo_DockerInfo, { image: "busybox", privileged: true })).toEqual({
      image: "busybox",
      privileged: true,
      network: "HOST",
    });
  });

  it("keeps what is set, also when it equals false, zero or nothing", () => {
    const check = { delaySeconds: 0, consecutiveFailures: 0 };
    expect(withDefaults(HealthCheck, check)).toEqual({
      ...check,
      intervalSeconds: 10,
      timeoutSeconds: 20,
      gracePeriodSeconds: 10,
    });
    expect(withDefaults(CommandInfo, { shell: false }).shell).toBe(false);
  });

  it("reads an unset message as an empty one", () => {
    expect(withDefaults(CommandInfo, undefined)).toEqual({ shell: true });
    expect(withDefaults(KillPolicy, undefined)).toEqual({});
  });

  it("copies one level, and that only when it must", () => {
    const whole = { value: "true", shell: false };
    expect(withDefaults(CommandInfo, whole)).toBe(whole);
    const uris: CommandInfo_URI[] = [{ value: "http://localhost/x" }];
    const message = { uris };
    expect(withDefaults(CommandInfo, message).uris).toBe(uris);
    expect(message).toEqual({ uris });
  });

  it("makes defaulted fields certain in the type, others not", () => {
    const command = withDefaults(CommandInfo, {});
    expectTypeOf(command.shell).toEqualTypeOf<boolean>();
    expectTypeOf(command.value).toEqualTypeOf<string | undefined>();
    expectTypeOf(command).toExtend<CommandInfo>();
  });

  it("works on decoded messages, whose unset keys are there", () => {
    expect(withDefaults(CommandInfo, CommandInfo.decode(new Uint8Array())).shell).toBe(true);
  });
});

describe("the table of defaults", () => {
  it("is that of Mesos", () => {
    const lines = readFileSync(new URL("tables/fields.tsv", import.meta.url), "utf8")
      .split("\n")
      .slice(1);
    const known = new Set(allCodecs.map((codec) => codec.$type));
    const rows = lines.map((line) => line.split("\t")).filter(([, type = "", , , , , text]) => text && known.has(type));
    const expected = rows.map(([, type, field, , , , text]) => `${type}.${field}=${text}`);
    const actual = Object.entries(declaredDefaults).flatMap(([type, defaults]) =>
      messageShape(type)
        .fields.filter((field) => field.key in defaults)
        .map((field) => `${type}.${field.name}=${(defaults as Record<string, string | number | boolean>)[field.key]}`),
    );
    expect(actual.sort()).toEqual(expected.sort());
    expect(actual.length).toBeGreaterThan(40);
  });
});

describe("presence survives", () => {
  it.each([
    ["unset", {}, "{}", ""],
    ["explicit default", { shell: true }, '{"shell":true}', "3001"],
    ["explicit other value", { shell: false }, '{"shell":false}', "3000"],
    ["explicit empty text", { value: "" }, '{"value":""}', "1a00"],
  ])("%s", (_name, message, json, hex) => {
    const bytes = encodeMessage(CommandInfo, message);
    expect(Buffer.from(bytes).toString("hex")).toBe(hex);
    expect(decodeMessage(CommandInfo, bytes)).toEqual({
      ok: true,
      value: { uris: [], arguments: [], shell: undefined, value: undefined, ...message },
    });
    expect(toMesosJson(CommandInfo, message, { defaults: "omit" })).toBe(json);
    expect(parseMessage(CommandInfo, json)).toStrictEqual({ ok: true, value: message });
  });
});
