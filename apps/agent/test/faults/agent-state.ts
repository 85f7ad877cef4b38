interface PlainTask {
  readonly id: string;
  readonly state: string;
}

interface PlainFrameworkState {
  readonly id: string;
  readonly executors: readonly { readonly id: string; readonly tasks: readonly PlainTask[] }[];
}

/** Ids of the tasks that an agent shows as its present ones, sorted. */
export async function tasksOfAgent(address: string): Promise<readonly string[]> {
  const answer = await fetch(`http://${address}/slave(1)/state`);
  const { frameworks } = (await answer.json()) as { frameworks: readonly PlainFrameworkState[] };
  return frameworks.flatMap(({ executors }) => executors.flatMap(({ tasks }) => tasks.map(({ id }) => id))).sort();
}
