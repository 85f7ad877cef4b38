import { silentLog } from "@berth/log";
import { createLocalMaster, type LocalMaster, type LocalMasterOptions } from "../src/index.ts";

export interface TestMaster extends AsyncDisposable {
  readonly master: LocalMaster;
  readonly port: number;
}

/** On a port of its own; `uuids` are what it draws first: its id, then a stream id for each subscription. */
export async function startMaster(
  options: Partial<LocalMasterOptions> = {},
  uuids: readonly string[] = [],
): Promise<TestMaster> {
  const drawn = [...uuids];
  const master = createLocalMaster(
    { log: silentLog, randomUuid: () => drawn.shift() ?? crypto.randomUUID() },
    { port: 0, now: () => Date.now(), ...options },
  );
  await master.start();
  return { master, port: master.address.port, [Symbol.asyncDispose]: () => master.close() };
}
