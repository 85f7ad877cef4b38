import type { FlagGroup } from "../flag-spec.ts";

export const loggingFlags: FlagGroup = {
  title: "Logging",
  flags: [
    {
      name: "logging_level",
      type: "string",
      default: "INFO",
      text: "What is logged at least: `DEBUG` (ours), `INFO`, `WARNING`, `ERROR`.",
      state: "served",
    },
    {
      name: "log_format",
      type: "string",
      default: "text",
      text: "`text`, or `json`: one object a line.",
      state: "served",
      ours: true,
    },
    { name: "quiet", type: "boolean", default: "false", text: "Log nothing to stderr.", state: "served" },
    {
      name: "log_dir",
      type: "string",
      text: "Folder of log files.",
      state: "refused",
      why: "log files are not written yet: the log goes to stderr, where systemd or the engine keeps it",
    },
    {
      name: "external_log_file",
      type: "string",
      text: "File, written by others, that the API shows as the agent's log.",
      state: "refused",
      why: "the API does not show the agent's log yet",
    },
    {
      name: "logbufsecs",
      type: "integer",
      default: "0",
      text: "Seconds that log lines may be held back.",
      state: "noted",
      why: "each line is written at once",
    },
    {
      name: "initialize_driver_logging",
      type: "boolean",
      default: "true",
      text: "Set up the log of the C++ drivers.",
      state: "noted",
      why: "there are no such drivers here",
    },
  ],
};
