import path from "node:path";
import { run } from "./command.mjs";

/** Generated code and dist of every package; turbo knows what is fresh. */
export async function build(root, env) {
  await run(path.join(root, "node_modules/.bin/turbo"), ["run", "build", "--output-logs=errors-only"], {
    cwd: root,
    env,
    quiet: true,
  });
}
