import type { CommandInfo } from "@berth/proto/v1";
import type { FaultSink } from "./fault-sink.ts";

export interface CommandPart {
  readonly Entrypoint?: string[];
  readonly Cmd?: string[];
}

/** The original's table of `shell`, `value` and `arguments`. With a shell, arguments have no place to go. */
export function planCommand(command: CommandInfo | undefined, sink: FaultSink): CommandPart {
  if (command === undefined) {
    sink.fault("command", 'is missing; `{"shell": false}` runs the image\'s own ENTRYPOINT and CMD');
    return {};
  }
  const args = command.arguments ?? [];
  for (const [index, text] of [command.value, ...args].entries()) {
    if (text?.includes("\0") === true) {
      sink.fault(index === 0 ? "command.value" : `command.arguments[${index - 1}]`, "holds a NUL character");
    }
  }
  if (command.shell ?? true) {
    if (command.value === undefined) {
      sink.fault("command.value", "Shell specified but no command value provided; set a value, or shell to false");
      return {};
    }
    if (args.length > 0) sink.warn("command.arguments are not used, because command.shell is true");
    return { Entrypoint: ["/bin/sh"], Cmd: ["-c", command.value] };
  }
  const words = command.value === undefined ? args : [command.value, ...args];
  return words.length === 0 ? {} : { Cmd: words };
}
