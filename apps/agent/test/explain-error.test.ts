import { expect, test } from "vitest";
import { AgentError } from "../src/agent-error.ts";
import { explainError } from "../src/explain-error.ts";

test.each([
  [new AgentError("usage", "write a port"), "write a port"],
  [new AgentError("environment", "cannot read x: gone", { cause: new Error("gone") }), "cannot read x: gone"],
  [
    new AgentError("environment", "cannot listen on 127.0.0.1:5050", { cause: new Error("EADDRINUSE") }),
    "cannot listen on 127.0.0.1:5050: EADDRINUSE",
  ],
  ["text", "text"],
])("%s", (error, text) => {
  expect(explainError(error)).toBe(text);
});

test("a fault of ours says where it is, on one line", () => {
  expect(explainError(new TypeError("x is undefined"))).toMatch(
    /^x is undefined \(a fault of berth itself, at .*explain-error\.test\.ts.*; please report it\)$/,
  );
});
