import { type AgentCoreDeps, createAgentCore } from "@berth/agent-core";
import { parseResources } from "@berth/resources";

/** What a master session is built around. */
export async function makeAgent(deps: AgentCoreDeps) {
  const core = createAgentCore(deps, {
    workDirectory: "/var/lib/mesos",
    metaDirectory: "/var/lib/mesos/meta",
    pid: "slave(1)@10.0.0.2:5051",
    hostname: "node1",
    port: 5051,
    ip: "10.0.0.2",
    resources: parseResources("cpus:4;mem:8192;disk:10240;ports:[31000-32000]"),
    attributes: [],
    version: "1.11.0",
    switchUser: true,
    executorShutdownGracePeriodMs: 5000,
    maxCompletedExecutorsPerFramework: 150,
  });
  await core.recover(); // first of all
  // From now on: registration() and reregistration() are what a master is sent, onRegistered, onReregistered and
  // onConnected say what came of it, onMessage takes everything else that a master sends.
  return core;
}
