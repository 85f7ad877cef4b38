/** Coded errors speak for themselves. Anything else is a fault of ours, and says where, on one line. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  // "cannot listen on 127.0.0.1:5050" is half of what the operator must know.
  const because = cause instanceof Error && !error.message.includes(cause.message) ? `: ${cause.message}` : "";
  if ("code" in error) return `${error.message}${because}`;
  const place = /\bat .*/.exec(error.stack ?? "")?.[0] ?? "";
  return `${error.message}${because} (a fault of berth itself, ${place}; please report it)`;
}
