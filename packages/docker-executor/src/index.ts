export type * from "./docker-executor.ts";
export { createDockerExecutor } from "./create-docker-executor.ts";
export { DockerExecutorError, type DockerExecutorErrorCode } from "./errors.ts";
export type { DockerExecutorDeps, DockerExecutorOptions } from "./options.ts";
export type { DefaultDns } from "./plan/dns.ts";
export { labelNames } from "./plan/labels.ts";
