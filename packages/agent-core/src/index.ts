export type * from "./agent-core.ts";
export type * from "./agent-view.ts";
