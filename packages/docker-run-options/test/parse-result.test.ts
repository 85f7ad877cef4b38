import { expect, it } from "vitest";
import { parseRunOptions } from "../src/parse-run-options.ts";
import { toParameter } from "./recording/cases.ts";

const parse = (...parameters: string[]) => parseRunOptions(parameters.map(toParameter));

it("sets nothing by itself", () => {
  expect(parse()).toEqual({ ok: true, options: { body: {}, usesDns: false, names: [], warnings: [] } });
});

it("takes the first network as the container's", () => {
  const result = parse("net=one", "network=two");
  expect(result).toMatchObject({ ok: true, options: { network: "one", body: { HostConfig: { NetworkMode: "one" } } } });
  expect(result.ok && Object.keys(result.options.body.NetworkingConfig?.EndpointsConfig ?? {})).toEqual(["one", "two"]);
});

it("puts the options of an endpoint on the network it is told", () => {
  const parameters = ["network-alias=web", "ip=10.0.0.9", "link=db:database"].map(toParameter);
  const result = parseRunOptions(parameters, { network: "backend" });
  expect(result.ok && result.options.body).toEqual({
    HostConfig: { Links: ["db:database"] },
    NetworkingConfig: {
      EndpointsConfig: {
        backend: { IPAMConfig: { IPv4Address: "10.0.0.9" }, Links: ["db:database"], Aliases: ["web"] },
      },
    },
  });
});

it("tells the network of the task in a conflict", () => {
  expect(parseRunOptions([{ key: "link", value: "db" }], { network: "host" })).toEqual({
    ok: false,
    faults: [
      {
        index: 0,
        key: "link",
        code: "conflict",
        message: 'link does not go with the network "host"; leave it out or choose another network',
      },
    ],
  });
});

it.each(["dns=8.8.8.8", "dns-search=example.org", "dns-opt=ndots:1"])("says that %s sets dns", (parameter) => {
  expect(parse(parameter)).toMatchObject({ ok: true, options: { usesDns: true } });
});

it("hands on what stands outside the body", () => {
  expect(parse("platform=linux/x86_64", "pull=always")).toMatchObject({
    ok: true,
    options: { platform: "linux/amd64", pull: "always", body: {} },
  });
});

it.each(["quiet=true", "kernel-memory=64m"])("warns that %s has no effect", (parameter) => {
  expect(parse(parameter)).toMatchObject({ ok: true, options: { body: {}, warnings: [expect.any(String) as string] } });
});

it("reports every fault, each at its place", () => {
  const result = parse("memory=64m", "memroy=1", "rm=true", "cpus=many");
  expect(result.ok ? [] : result.faults.map(({ index, code }) => [index, code])).toEqual([
    [1, "unknown"],
    [2, "refused"],
    [3, "invalid"],
  ]);
});

it("says from which version on an engine knows an option", () => {
  expect(parseRunOptions([{ key: "annotation", value: "a=b" }], { apiVersion: "1.41" })).toMatchObject({
    ok: false,
    faults: [
      { code: "unsupported", message: expect.stringMatching(/API 1\.43 \(Docker 24\.0\).*speaks 1\.41/) as string },
    ],
  });
});

it.each([
  ["env", "=hunter2"],
  ["mount", 'type=volume,target=/v,volume-opt=o=user=a,hunter2"'],
  ["mount", "type=volume,target=/v,volume-opt=o=user=a,hunter2"],
  ["mount", "type=volume,target=/v,password=hunter2"],
  ["storage-opt", "hunter2"],
  ["label", "=hunter2"],
  ["network", "name=a,driver-opt=a=b,hunter2"],
])("keeps a secret in %s=%s out of the message", (key, value) => {
  const result = parseRunOptions([{ key, value }]);
  expect(result.ok).toBe(false);
  expect(JSON.stringify(result)).not.toContain("hunter2");
});

it("refuses a NUL byte, which no command line can carry", () => {
  expect(parse("hostname=a\0b")).toMatchObject({ ok: false, faults: [{ code: "invalid" }] });
});

it("keeps a value that slipped into the key out of the message", () => {
  const result = parseRunOptions([{ key: "env=TOKEN=hunter2", value: "" }]);
  expect(result).toMatchObject({ ok: false, faults: [{ message: 'unknown option "env=…", did you mean env?' }] });
});

it("is quick and short about what is long", () => {
  const long = "9".repeat(1_000_000);
  const result = parse(
    `${long}=1`,
    `cpu-shares=${long}`,
    `health-interval=${long}s`,
    `memory=${long}`,
    `dns-search=${long}`,
  );
  const lengths = result.ok ? [] : result.faults.map(({ message }) => message.length);
  expect(lengths).toHaveLength(5);
  expect(Math.max(...lengths)).toBeLessThan(500);
});
