import { readFileSync } from "node:fs";
import { parseAgentFlags, usage } from "@berth/agent-flags";

const parsed = parseAgentFlags(["--work_dir=/var/lib/berth", "--docker_remove_delay=1days"], process.env, {
  readFile: (path) => readFileSync(path, "utf8"),
});
if (parsed.kind === "flags") {
  console.log(parsed.flags.dockerRemoveDelayMs); // 86400000
  console.log(parsed.given["port"]); // "5051": what /flags shows, defaults included
  for (const { note } of parsed.notes) console.warn(note);
} else if (parsed.kind === "invalid") {
  console.error(parsed.message); // one sentence, such as: --wrk_dir: there is no such flag, did you mean --work_dir?
} else {
  console.log(parsed.kind === "help" ? usage() : "1.11.0");
}
