// A libprocess of its own process, for tests that measure one or need its file descriptors for themselves.
import { silentLog } from "@berth/log";
import { createLibprocess, type LibprocessOptions } from "@berth/libprocess";

const options = JSON.parse(process.argv[2] ?? "{}") as Partial<LibprocessOptions>;
const lines: string[] = [];
const log = { ...silentLog, warn: (message: string) => void lines.push(message) };
const node = createLibprocess(
  { log, now: performance.now.bind(performance) },
  { ip: "127.0.0.1", port: 0, ...options },
);
let messages = 0;
let bodyBytes = 0;
for (const id of ["p", "good"]) {
  node.spawn(id, ({ body }) => {
    messages += 1;
    bodyBytes += body.byteLength;
  });
}
let peakRss = 0;
const measure = () => {
  peakRss = Math.max(peakRss, process.memoryUsage.rss());
};
setInterval(measure, 20).unref();
process.on("message", () => {
  measure();
  process.send?.({ messages, bodyBytes, peakRss, lines });
});
process.on("disconnect", () => process.exit());
await node.listen();
process.send?.({ port: node.bound.port });
