/** Realms of the agent's HTTP authentication, by the original's names. Routes carry them; who is let in is for the server to say. */
export const readonlyRealm = "mesos-agent-readonly";
export const readwriteRealm = "mesos-agent-readwrite";
