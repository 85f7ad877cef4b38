export type * from "./agent-client.ts";
export type * from "./scheduler-client.ts";
