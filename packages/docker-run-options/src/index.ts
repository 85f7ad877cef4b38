export type * from "./run-options.ts";
export { parseRunOptions } from "./parse-run-options.ts";
export { type RunOption, runOptions } from "./option-table.ts";
export { type RenderDockerRunInput, type RenderedDockerRun, renderDockerRun } from "./render/render-docker-run.ts";
export { shellQuote } from "./render/shell-quote.ts";
