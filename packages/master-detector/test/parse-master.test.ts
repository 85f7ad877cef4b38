import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MasterDetectorError } from "../src/index.ts";
import { describeTarget, parseMaster } from "../src/parse-master.ts";

test.each([
  ["10.0.0.1:5050", { kind: "static", pid: { id: "master", host: "10.0.0.1", port: 5050 } }],
  [" master@m.example:80\n", { kind: "static", pid: { id: "master", host: "m.example", port: 80 } }],
  ["file:///etc/mesos/zk", { kind: "file", path: "/etc/mesos/zk" }],
  ["zk://h/mesos", { kind: "zookeeper", servers: ["h:2181"], path: "/mesos", credentials: undefined }],
  [
    "zk://a:1,b:2,c/x/y/",
    { kind: "zookeeper", servers: ["a:1", "b:2", "c:2181"], path: "/x/y", credentials: undefined },
  ],
  ["zk://u:p@ss:w@a:1/x", { kind: "zookeeper", servers: ["a:1"], path: "/x", credentials: "u:p@ss:w" }],
])("%s", (text, target) => {
  expect(parseMaster(text)).toEqual(target);
});

test.each([
  ["", "malformed"],
  ["host", "malformed"],
  ["host:0", "malformed"],
  ["host:65536", "malformed"],
  ["host:5050/path", "malformed"],
  ["[::1]:5050", "malformed"],
  ["@host:5050", "malformed"],
  ["http://host:5050", "malformed"],
  ["file://relative", "malformed"],
  ["zk://", "malformed"],
  ["zk:///mesos", "malformed"],
  ["zk://a,,b/mesos", "malformed"],
  ["zk://a:x/mesos", "malformed"],
  ["zk://a:99999/mesos", "malformed"],
  ["zk://user@a/mesos", "malformed"],
  ["zk://user:@a/mesos", "malformed"],
  ["zk://a/mesos//x", "malformed"],
  ["zk://a/mesos/../x", "malformed"],
  ["zk://a", "no-path"],
  ["zk://a/", "no-path"],
  ["zk://u:p@a//", "no-path"],
])("%j is refused", (text, code) => {
  expect(() => parseMaster(text)).toThrow(expect.objectContaining({ name: "MasterDetectorError", code }));
});

test.each([
  "zk://user:secret@a",
  "zk://user:sec/secret@a/mesos",
  "zk://user:12/secret@a/mesos",
  "zk://secret@a/m",
  "zk://u:secret@a:x/m",
])("no part of a password is in the error of %s", (text) => {
  const error = errorOf(text);
  expect(error).toBeDefined();
  expect(`${error?.message} ${error?.target}`).not.toContain("sec");
});

test("whatever is given is understood or refused, and what is understood is shown so that it means the same", () => {
  const piece = fc.constantFrom(
    "zk://",
    "file://",
    "master@",
    "u:p@",
    "h:1",
    ",",
    "/",
    "x",
    "10.0.0.1",
    ":",
    "@",
    "\n",
    "5050",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join("");
      fc.pre(errorOf(text) === undefined);
      const shown = describeTarget(parseMaster(text));
      expect(describeTarget(parseMaster(shown))).toBe(shown);
    }),
    { numRuns: 300 },
  );
});

/** The error of a text that is refused. Anything else that is thrown fails the test. */
function errorOf(text: string): MasterDetectorError | undefined {
  try {
    parseMaster(text);
    return undefined;
  } catch (error) {
    if (error instanceof MasterDetectorError) return error;
    throw error;
  }
}
