import path from "node:path";
import type { Volume } from "@berth/proto/v1";
import { CliError } from "../cli-error.ts";

/** `/host:/container`, `./here:/container:ro`, `name:/container`. Throws CliError `usage`. */
export function parseVolume(text: string, cwd: string): Volume {
  const parts = text.split(":");
  const [source = "", containerPath = "", mode = "rw"] = parts;
  if (parts.length < 2 || parts.length > 3 || source === "" || containerPath === "" || !["ro", "rw"].includes(mode)) {
    throw new CliError("usage", `--volume ${text}: write SOURCE:TARGET or SOURCE:TARGET:ro, such as ./data:/data:ro`);
  }
  const common = { containerPath, mode: mode === "ro" ? "RO" : "RW" } as const;
  if (source.includes("/") || source === "." || source === "..")
    return { ...common, hostPath: path.resolve(cwd, source) };
  return { ...common, source: { type: "DOCKER_VOLUME", dockerVolume: { name: source } } };
}
