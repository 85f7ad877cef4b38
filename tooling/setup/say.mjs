/** Set-up speaks on stderr only: stdout belongs to the command that follows. */
export function say(text) {
  process.stderr.write(`berth set-up: ${text}\n`);
}

/** An expected refusal: one sentence that says what to do, and no stack. */
export class SetupError extends Error {}
