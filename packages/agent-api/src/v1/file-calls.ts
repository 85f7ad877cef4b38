import type { Call, Response } from "@berth/proto/v1/agent";
import type { AgentFiles } from "../files/agent-files.ts";

export type FileOutcome =
  | { readonly kind: "response"; readonly response: Response }
  | { readonly kind: "refused"; readonly status: number; readonly text: string };

export async function listFiles(files: AgentFiles, { listFiles: wanted }: Call): Promise<FileOutcome> {
  if (wanted === undefined) return lacks("list_files");
  const listed = await files.browse(wanted.path ?? "");
  if (!listed.ok) return { kind: "refused", status: listed.status, text: listed.text };
  const fileInfos = listed.files.map((file) => ({
    path: file.path,
    nlink: file.nlink,
    size: BigInt(file.sizeBytes),
    // Whole seconds, as the original has it.
    mtime: { nanoseconds: BigInt(Math.floor(file.mtimeMs / 1000)) * 1_000_000_000n },
    mode: file.mode,
    uid: file.user,
    gid: file.group,
  }));
  return { kind: "response", response: { type: "LIST_FILES", listFiles: { fileInfos } } };
}

export async function readFile(files: AgentFiles, { readFile: wanted }: Call): Promise<FileOutcome> {
  if (wanted === undefined) return lacks("read_file");
  const length = wanted.length === undefined ? undefined : Number(wanted.length);
  const read = await files.read(wanted.path ?? "", Number(wanted.offset ?? 0n), length);
  if (!read.ok) return { kind: "refused", status: read.status, text: read.text };
  const response: Response = { type: "READ_FILE", readFile: { size: BigInt(read.sizeBytes), data: read.data } };
  return { kind: "response", response };
}

function lacks(field: string): FileOutcome {
  return { kind: "refused", status: 400, text: `Failed to validate agent::Call: Expecting '${field}' to be present` };
}
