// Pulls one image with credentials; what it prints is looked at by debug-log.test.ts.
import { createEngineClient } from "@berth/engine-client";

const client = createEngineClient({ endpoint: { kind: "unix", socketPath: process.argv[2] ?? "" } });
const auth = { username: "me", password: "correct-horse" };
for await (const { status } of client.images.pull("registry.test/app:1", { auth })) process.stdout.write(`${status}\n`);
await client.close();
