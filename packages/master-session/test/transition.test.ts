import { readFileSync } from "node:fs";
import type { Pid } from "@berth/libprocess";
import { expect, test } from "vitest";
import { messageRules } from "../src/message-rules.ts";
import { initialSession, type SessionEvent, type SessionModel, type Transition } from "../src/session-model.ts";
import { transition } from "../src/transition.ts";
import { masterPid, observerPid } from "./session-fixture.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const stranger: Pid = { id: "master", host: "10.9.9.9", port: 1 };
const detected: SessionEvent = { type: "detected", master: { pid: masterPid, hostname: "m" } };
const answer = { from: masterPid, agentId: "s1", ownId: "s1", pingTimeoutMs: undefined };

/** A model in each of the columns, reached by events alone. */
const columns: readonly (readonly [string, SessionModel])[] = (() => {
  const recovering = initialSession({ authenticates: false });
  const idle = apply(recovering, { type: "recovered" });
  const delaying = apply(idle, detected);
  const authenticating = apply({ ...delaying, authenticates: true }, { type: "elapsed", timer: "backoff" });
  const registering = apply(delaying, { type: "elapsed", timer: "backoff" });
  const storing = apply(registering, { type: "registered", ...answer });
  const running = apply(storing, { type: "stored", round: storing.round });
  const terminating = apply(running, { type: "terminate" });
  return [
    ["RECOVERING", recovering],
    ["idle", idle],
    ["delaying", delaying],
    ["authenticating", authenticating],
    ["registering", registering],
    ["storing", storing],
    ["RUNNING", running],
    ["TERMINATING", terminating],
  ];
})();

const rows: readonly (readonly [string, (round: number) => SessionEvent])[] = [
  ["recovered", () => ({ type: "recovered" })],
  ["a master is detected", () => detected],
  ["nobody leads", () => ({ type: "detected", master: undefined })],
  ["`backoff` elapses", () => ({ type: "elapsed", timer: "backoff" })],
  ["`authentication` elapses", () => ({ type: "elapsed", timer: "authentication" })],
  ["`ping` elapses", () => ({ type: "elapsed", timer: "ping" })],
  ["authenticated", (round) => ({ type: "authenticated", round })],
  ["authentication refused", (round) => ({ type: "not-authenticated", round, why: "refused" })],
  ["authentication error", (round) => ({ type: "not-authenticated", round, why: "error" })],
  ["SlaveRegistered", () => ({ type: "registered", ...answer })],
  ["SlaveReregistered", () => ({ type: "reregistered", message: {}, ...answer })],
  ["either, another id", () => ({ type: "registered", ...answer, agentId: "s2" })],
  ["either, a stranger", () => ({ type: "registered", ...answer, from: stranger })],
  ["answer stored", (round) => ({ type: "stored", round })],
  ["Ping", () => ({ type: "ping", from: observerPid, connected: true })],
  ["Ping, not connected", () => ({ type: "ping", from: observerPid, connected: false })],
  ["Ping, a stranger", () => ({ type: "ping", from: stranger, connected: false })],
  ["connection lost", () => ({ type: "connection-lost", peers: [masterPid] })],
  ["Shutdown", () => ({ type: "shutdown-ordered", from: masterPid, message: "" })],
  ["Shutdown, a stranger", () => ({ type: "shutdown-ordered", from: stranger, message: "" })],
  ["failure of detector or listener", () => ({ type: "failed", message: "" })],
  ["terminate", () => ({ type: "terminate" })],
];

test("the README shows what transition does", () => {
  const lines = [
    `| event | ${columns.map(([name]) => name).join(" | ")} |`,
    `|---|${columns.map(() => "---|").join("")}`,
    ...rows.map(
      ([name, event]) => `| ${name} | ${columns.map(([, model]) => cell(model, event(model.round))).join(" | ")} |`,
    ),
  ];
  expect(readme).toContain(lines.join("\n"));
});

test("the README shows which messages are handed on", () => {
  const lines = Object.entries(messageRules).map(
    ([name, rule]) => `| ${name} | ${rule.sender} | ${rule.states.length === 4 ? "every" : rule.states.join(", ")} |`,
  );
  expect(readme).toContain(["| message | from | in |", "|---|---|---|", ...lines].join("\n"));
});

test("answers of before a detection are void", () => {
  const storing = find("storing");
  const again = apply(storing, detected);
  expect(transition(again, { type: "stored", round: storing.round })).toEqual({ state: again, effects: [] });
});

test("a former master is no alias, until it leads again", () => {
  const other = { ...masterPid, host: "127.0.0.2" };
  const byOther = apply(find("RUNNING"), { type: "detected", master: { pid: other, hostname: "o" } });
  expect(byOther.formers).toEqual([masterPid]);
  expect(apply(byOther, detected).formers).toEqual([other]);
});

function find(name: string): SessionModel {
  const model = columns.find(([each]) => each === name)?.[1];
  if (model === undefined) throw new Error(`no column ${name}`);
  return model;
}

function apply(model: SessionModel, event: SessionEvent): SessionModel {
  return transition(model, event).state;
}

/** Where it leads, when it leads elsewhere, and what is done on the way. Timers end with their state, which goes without saying. */
function cell(model: SessionModel, event: SessionEvent): string {
  const { state, effects } = transition(model, event);
  const place = placeOf(state);
  const target = place === placeOf(model) ? [] : [`→ ${place}`];
  return [...target, ...effects.flatMap(words)].join("; ");
}

function placeOf(model: SessionModel): string {
  return model.state === "DISCONNECTED" ? model.step : model.state;
}

function words(effect: Transition["effects"][number]): readonly string[] {
  switch (effect.type) {
    case "announce":
    case "cancel-timer":
      return [];
    case "start-timer":
      return [`start \`${effect.timer}\``];
    case "drop":
      return ["drop"];
    case "shutdown":
      return [effect.kind];
    default:
      return [effect.type.replace(/^deliver-.*/, "deliver").replace("-", " ")];
  }
}
