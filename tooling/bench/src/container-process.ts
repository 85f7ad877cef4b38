import type { BareEngine } from "./bare-engine.ts";

/** The first process of a container, by its engine id or by our container id. */
export async function processOf(engine: BareEngine, id: string): Promise<number> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`berth.container_id=${id}`] }));
  const found = JSON.parse((await engine.get(`/containers/json?filters=${filters}`)).text) as { Id: string }[];
  const inspect = await engine.get(`/containers/${found[0]?.Id ?? id}/json`);
  const { State } = JSON.parse(inspect.text) as { State: { Pid: number } };
  if (State.Pid <= 0) throw new Error(`${id} does not run`);
  return State.Pid;
}
