import type { HealthcheckConfig } from "@berth/engine-client";
import type { ConfigPart } from "../draft.ts";
import { entries, expressed, flag, inexpressible, join, option, type Rendered, repeated, word } from "./option-text.ts";
import { durationText } from "./quantities.ts";

/**
 * The options for what stands outside HostConfig, all but the command. `published` are the ports that `--publish` exposes
 * anyway; the values of `hiddenVariables` are replaced by `***`.
 */
export function renderConfig(
  config: ConfigPart,
  published: ReadonlySet<string>,
  hiddenVariables: ReadonlySet<string>,
): Rendered {
  const [entrypoint] = config.Entrypoint ?? [];
  return join([
    expressed([
      ...word("hostname", config.Hostname ?? ""),
      ...word("domainname", config.Domainname ?? ""),
      ...word("user", config.User ?? ""),
      ...word("workdir", config.WorkingDir ?? ""),
      ...(config.Entrypoint === undefined ? [] : [option("entrypoint", entrypoint ?? "")]),
      ...flag("interactive", config.OpenStdin ?? false),
      ...flag("tty", config.Tty ?? false),
      ...word("stop-signal", config.StopSignal ?? ""),
      ...(config.StopTimeout === undefined ? [] : [option("stop-timeout", config.StopTimeout)]),
      ...repeated(
        "env",
        (config.Env ?? []).map((entry) => hide(entry, hiddenVariables)),
      ),
      ...entries("label", config.Labels ?? {}),
      ...repeated("volume", Object.keys(config.Volumes ?? {})),
      ...repeated(
        "expose",
        Object.keys(config.ExposedPorts ?? {}).filter((port) => !published.has(port)),
      ),
    ]),
    renderHealthcheck(config.Healthcheck),
    config.NetworkDisabled === true ? inexpressible("NetworkDisabled") : expressed([]),
  ]);
}

function renderHealthcheck(health: HealthcheckConfig | undefined): Rendered {
  if (!health) return expressed([]);
  const [kind, command = ""] = health.Test ?? [];
  if (kind === "NONE") return expressed(["--no-healthcheck"]);
  // docker run knows the form with a shell only.
  const test = kind === "CMD" ? inexpressible("Healthcheck.Test") : expressed(word("health-cmd", command));
  const duration = (name: string, nanos = 0) => (nanos === 0 ? [] : [option(name, durationText(nanos))]);
  return join([
    test,
    expressed([
      ...duration("health-interval", health.Interval),
      ...duration("health-timeout", health.Timeout),
      ...duration("health-start-period", health.StartPeriod),
      ...duration("health-start-interval", health.StartInterval),
      ...((health.Retries ?? 0) === 0 ? [] : [option("health-retries", health.Retries ?? 0)]),
    ]),
  ]);
}

function hide(entry: string, hidden: ReadonlySet<string>): string {
  const [name = ""] = entry.split("=", 1);
  return hidden.has(name) ? `${name}=***` : entry;
}
