import { createEngineClient, endpointFromEnvironment, isEngineError } from "@berth/engine-client";

/** Runs a command in a container and copies its raw output; returns the exit code, or undefined when the image is absent. */
export async function runOne(image: string, command: string[], signal: AbortSignal): Promise<number | undefined> {
  const client = createEngineClient({ endpoint: await endpointFromEnvironment(process.env) });
  try {
    const { id } = await client.containers.create({ Image: image, Cmd: command, Tty: true }, { signal });
    try {
      // Attached and waiting before the start, so that neither output nor exit can be missed.
      const output = await client.containers.attach(id, { signal });
      output.pipe(process.stdout);
      const waiting = Promise.withResolvers<void>();
      const exit = client.containers.wait(id, { condition: "next-exit", signal, onWaiting: waiting.resolve });
      await Promise.race([waiting.promise, exit]);
      await client.containers.start(id, { signal });
      return (await exit).exitCode;
    } finally {
      // Without the signal: it must happen even when the rest was aborted.
      await client.containers.remove(id, { force: true, volumes: true });
    }
  } catch (error) {
    if (isEngineError(error, "not-found")) return undefined;
    throw error;
  } finally {
    await client.close();
  }
}
