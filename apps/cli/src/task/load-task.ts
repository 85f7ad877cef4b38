import { readFile } from "node:fs/promises";
import path from "node:path";
import { buffer as readAll } from "node:stream/consumers";
import { parseMessage } from "@berth/proto";
import { TaskInfo } from "@berth/proto/v1";
import { inlineTask } from "../arguments/inline-task.ts";
import type { TaskSource } from "../arguments/parsed-command.ts";
import { CliError } from "../cli-error.ts";
import { checkTask } from "./check-task.ts";
import { withDefaultResources } from "./default-resources.ts";
import type { TaskDocument } from "./render-faults.ts";
import type { TaskFault } from "./task-fault.ts";

export interface LoadContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: NodeJS.ReadableStream;
}

export type LoadedTask =
  | {
      readonly ok: true;
      readonly task: TaskInfo;
      readonly document: TaskDocument;
      /** The folder of the file, for relative URIs. */
      readonly folder: string;
    }
  | { readonly ok: false; readonly faults: readonly TaskFault[]; readonly document: TaskDocument };

/** Reads and checks a task, without asking anybody else. Throws CliError `usage` for a file that cannot be read. */
export async function loadTask(source: TaskSource, context: LoadContext): Promise<LoadedTask> {
  if (source.kind === "inline") {
    const task = inlineTask(source.flags, context);
    return checked(task, { name: "the command line", text: undefined }, context.cwd);
  }
  const name = source.kind === "stdin" ? "stdin" : source.path;
  const text =
    source.kind === "stdin"
      ? asText(await readAll(context.stdin), name)
      : await readTaskFile(path.resolve(context.cwd, name), name);
  const document = { name, text };
  // Required of a TaskInfo, and known only to the one who places the task: here that is us.
  const parsed = parseMessage(TaskInfo, text, { mayLack: ["agent_id"] });
  if (!parsed.ok) return { ok: false, faults: parsed.faults, document };
  return checked(
    parsed.value,
    document,
    source.kind === "stdin" ? context.cwd : path.dirname(path.resolve(context.cwd, name)),
  );
}

function checked(given: TaskInfo, document: TaskDocument, folder: string): LoadedTask {
  const task = withDefaultResources(given);
  const faults = checkTask(task);
  return faults.length === 0 ? { ok: true, task, document, folder } : { ok: false, faults, document };
}

/** JSON is UTF-8. Bytes that are not would become other characters without a word. */
function asText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CliError("usage", `${name} is not UTF-8; save it as UTF-8, which JSON is`, { cause });
  }
}

async function readTaskFile(file: string, name: string): Promise<string> {
  try {
    return asText(await readFile(file), name);
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : (cause as Error).message;
    throw new CliError("usage", `cannot read ${name}: ${why}; give a mesos.v1 TaskInfo in JSON, or - for stdin`, {
      cause,
    });
  }
}
