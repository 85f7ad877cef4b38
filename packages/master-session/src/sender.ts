import { type Pid, samePid } from "@berth/libprocess";
import type { SessionModel } from "./session-model.ts";

/** Who a message is from: the present master, perhaps the present master under another name, or somebody else. */
export type Sender = "master" | "candidate" | "stranger";

/**
 * A master with an advertised address speaks from that, whatever the agent was told. So `master` at the same port may be it, and is
 * believed once it has answered a registration. Not a former one: all masters of a cluster have the same port.
 */
export function senderOf(model: SessionModel, from: Pid): Sender {
  const { master, alias, formers } = model;
  if (master === undefined) return "stranger";
  if (samePid(from, master.pid)) return "master";
  if (alias !== undefined) return samePid(from, alias) ? "master" : "stranger";
  if (from.id !== master.pid.id || from.port !== master.pid.port) return "stranger";
  return formers.some((former) => samePid(former, from)) ? "stranger" : "candidate";
}

/** Whether a process lives where the present master does: its observers have ids of their own. */
export function livesAtMaster(model: SessionModel, process: Pid): boolean {
  return [model.master?.pid, model.alias].some(
    (pid) => pid !== undefined && pid.host === process.host && pid.port === process.port,
  );
}
