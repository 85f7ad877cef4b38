import { type AgentWorld, agentWorld, type RunningAgent } from "../e2e/agent-world.ts";
import { MasterProcess, type MasterOptions } from "./master-process.ts";
import { ownAddress } from "./own-address.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { tellOnFailure } from "./tell-on-failure.ts";

/** An agent and a master that can only reach each other through two links. */
export interface LinkedAgent {
  readonly world: AgentWorld;
  readonly agent: RunningAgent;
  /** Past the link. */
  readonly agentAddress: string;
  readonly master: MasterProcess;
  /** What the agent connects to. */
  readonly toMaster: TcpProxy;
  /** What the master connects to. */
  readonly toAgent: TcpProxy;
  /** Resolves when the agent has been taken by a master for the `count`th time. */
  registered(count: number): Promise<void>;
}

export async function linkedAgent(
  socketPath: string,
  options: { readonly master?: MasterOptions; readonly args?: readonly string[] } = {},
): Promise<LinkedAgent> {
  // The master says of itself that it lives at the link: what answers its pings goes over that, too.
  const advertiseIp = ownAddress();
  const master = await MasterProcess.start({ ...options.master, advertiseIp });
  const masterLink = { host: advertiseIp, port: master.port };
  const toMaster = await TcpProxy.start(masterLink, master);
  const agentLink = ownAddress();
  const toAgent = await TcpProxy.start({ host: agentLink, port: 0 });
  const { port } = toAgent;
  const place = { host: ownAddress(), port };
  toAgent.aimAt(place);
  const world = await agentWorld(socketPath);
  const agent = world.start([
    `--work_dir=${world.workDirectory}`,
    `--master=${masterLink.host}:${masterLink.port}`,
    `--ip=${place.host}`,
    `--port=${place.port}`,
    `--advertise_ip=${agentLink}`,
    `--advertise_port=${port}`,
    "--hostname=linked",
    ...(options.args ?? ["--registration_backoff_factor=10ms"]),
  ]);
  tellOnFailure("agent", agent.log);
  const registered = async (count: number) => {
    await agent.shows(new RegExp(`(?:state=RUNNING[^]*){${count}}`));
  };
  await registered(1);
  return { world, agent, agentAddress: `${place.host}:${place.port}`, master, toMaster, toAgent, registered };
}
