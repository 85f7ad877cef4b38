/**
 * What the client costs over bare node:http, on the engine that is there: pairs, interleaved, medians in milliseconds.
 * Run: `node --conditions=@berth/source packages/engine-client/test/overhead.bench.ts`
 */
import http from "node:http";
import { createEngineClient } from "@berth/engine-client";
import { ensureTestImage, findEngine } from "@berth/testkit";

const engine = await findEngine();
if (engine === undefined) throw new Error("no engine");
const { socketPath } = engine;
const image = await ensureTestImage(socketPath);
const client = createEngineClient({ endpoint: { kind: "unix", socketPath } });
const agent = new http.Agent({ keepAlive: true });
const { id } = await client.containers.create({ Image: image, Cmd: ["true"] });

const bare = (path: string) => () =>
  new Promise<unknown>((resolve, reject) => {
    const request = http.request({ socketPath, path, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve(path.endsWith("json") ? JSON.parse(Buffer.concat(chunks).toString()) : undefined),
      );
    });
    request.on("error", reject);
    request.end();
  });

const pairs: Record<string, { ours: () => Promise<unknown>; reference: () => Promise<unknown> }> = {
  ping: { ours: () => client.ping(), reference: bare("/_ping") },
  inspect: { ours: () => client.containers.inspect(id), reference: bare(`/v1.41/containers/${id}/json`) },
};

const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
const timed = async (call: () => Promise<unknown>) => {
  const from = performance.now();
  await call();
  return performance.now() - from;
};

for (const [name, { ours, reference }] of Object.entries(pairs)) {
  for (let i = 0; i < 30; i++) await Promise.all([ours(), reference()]);
  const times = { ours: [] as number[], reference: [] as number[] };
  for (let i = 0; i < 200; i++) {
    times.ours.push(await timed(ours));
    times.reference.push(await timed(reference));
  }
  const together = { ours: [] as number[], reference: [] as number[] };
  const sixteen = (call: () => Promise<unknown>) => () => Promise.all(Array.from({ length: 16 }, call));
  for (let i = 0; i < 20; i++) {
    together.ours.push(await timed(sixteen(ours)));
    together.reference.push(await timed(sixteen(reference)));
  }
  const show = (pair: { ours: number[]; reference: number[] }) =>
    `${median(pair.ours).toFixed(3)} ms against ${median(pair.reference).toFixed(3)} ms`;
  process.stdout.write(`${name}: one by one ${show(times)}; 16 at once ${show(together)}\n`);
}

await client.containers.remove(id, { force: true, volumes: true });
await client.close();
agent.destroy();
