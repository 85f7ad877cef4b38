import {
  type AgentClient,
  createAgentClient,
  createMasterClient,
  createSchedulerClient,
  type Credential,
  isMesosClientError,
  type MasterState,
  type SchedulerClient,
} from "@berth/mesos-client";
import type { ClusterOptions } from "../arguments/parsed-command.ts";
import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import { loadCredential } from "./load-credential.ts";
import { masterAddress } from "./master-address.ts";

/** A master and its agents, as commands speak to them. */
export interface Cluster {
  readonly address: string;
  readonly principal: string | undefined;
  /** Throws CliError `environment` when no master answers. */
  state(options?: { readonly signal?: AbortSignal | undefined }): Promise<MasterState>;
  agent(url: string): AgentClient;
  scheduler(): SchedulerClient;
  close(): Promise<void>;
}

/** Opens nothing yet. Throws CliError `usage`. */
export async function openCluster(
  options: ClusterOptions,
  io: Pick<CliIo, "env" | "cwd" | "localMaster">,
): Promise<Cluster> {
  const credential = await loadCredential(options.credential, io.cwd);
  const { address } = masterAddress(options, io);
  try {
    return clusterAt(address, credential);
  } catch (cause) {
    if (!isMesosClientError(cause, "invalid-address")) throw cause;
    throw new CliError("usage", `--master ${address}: ${cause.message}`, { cause });
  }
}

export function clusterAt(address: string, credential: Credential | undefined): Cluster {
  const master = createMasterClient({ master: address, credential });
  const opened: { close(): Promise<void> }[] = [master];
  const keep = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    opened.push(client);
    return client;
  };
  return {
    address,
    principal: credential?.principal,
    state: (wanted) => master.state(wanted).catch((error: unknown) => refuse(address, error)),
    agent: (url) => keep(createAgentClient({ agent: url, credential })),
    scheduler: () => keep(createSchedulerClient({ master: address, credential })),
    close: async () => void (await Promise.all(opened.map((client) => client.close()))),
  };
}

function refuse(address: string, cause: unknown): never {
  if (!isMesosClientError(cause, "unreachable", "malformed", "not-leader")) throw cause;
  const message = `no master answers at ${address} (${cause.message}); start one with berth agent, or name one with --master`;
  throw new CliError("environment", message, { cause });
}
