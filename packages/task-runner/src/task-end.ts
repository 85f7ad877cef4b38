import { constants } from "node:os";
import type { TaskStatus } from "@berth/proto/v1";
import type { TaskEnd } from "./task-runner.ts";

/** What a terminal status tells of the process. The words are those of Mesos' executors: a status has no field for it. */
export function taskEnd(status: TaskStatus): TaskEnd {
  const outOfMemory = status.reason === "REASON_CONTAINER_LIMITATION_MEMORY";
  // Its message may quote the end of a fetch or a pull.
  if (status.reason === "REASON_CONTAINER_LAUNCH_FAILED") return { status, outOfMemory };
  const message = (status.message ?? "").trim();
  const exited = /(?:Container|Command) exited with status (\d+)$/.exec(message)?.[1];
  if (exited !== undefined) {
    const exitCode = Number(exited);
    return { status, exitCode, killSignal: signalOfCode(exitCode), outOfMemory };
  }
  const ended = /(?:Container|Command) terminated with signal (.+?)(?: \(core dumped\))?$/.exec(message)?.[1];
  return { status, killSignal: ended === undefined ? undefined : signalOfText(ended), outOfMemory };
}

/** 128 + n is what engines and shells give for a process that signal n ended. */
function signalOfCode(exitCode: number): string | undefined {
  if (exitCode <= 128) return undefined;
  return Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
}

/** The words of strsignal(3). */
const signalTexts: Readonly<Record<string, string>> = {
  Hangup: "SIGHUP",
  Interrupt: "SIGINT",
  Quit: "SIGQUIT",
  "Illegal instruction": "SIGILL",
  "Trace/breakpoint trap": "SIGTRAP",
  Aborted: "SIGABRT",
  "Bus error": "SIGBUS",
  "Floating point exception": "SIGFPE",
  Killed: "SIGKILL",
  "User defined signal 1": "SIGUSR1",
  "Segmentation fault": "SIGSEGV",
  "User defined signal 2": "SIGUSR2",
  "Broken pipe": "SIGPIPE",
  "Alarm clock": "SIGALRM",
  Terminated: "SIGTERM",
};

function signalOfText(text: string): string | undefined {
  return signalTexts[text] ?? (text in constants.signals ? text : undefined);
}
