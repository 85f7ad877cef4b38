/** Does all jobs with so many under way at any time. The first that rejects ends it. */
export async function inFlight(count: number, limit: number, job: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      await job(next - 1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, worker));
}
