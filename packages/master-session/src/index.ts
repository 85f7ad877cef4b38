export type * from "./master-session.ts";
