import { createFetcher, FetchError } from "@berth/fetcher";

const fetcher = createFetcher(
  { now: Date.now, random: Math.random },
  { cacheDirectory: "/var/lib/berth/fetch", cacheSizeBytes: 2 * 2 ** 30, environment: process.env },
);
try {
  const fetched = await fetcher.fetch({
    containerId: "6c1d3c1e-8f5e-4f0a-9d7c-0d4f3c1f2a11",
    uris: [
      { value: "https://files.example.com/site-1.4.tar.gz", cache: true },
      { value: "/etc/site/settings.json", outputFile: "conf/settings.json" },
      { value: "hdfs://namenode/tools/migrate", executable: true },
    ],
    sandboxDirectory: "/var/lib/berth/sandbox",
    user: { name: "www-data", uid: 33, gid: 33 },
    onProgress: (step) => {
      if (step.kind === "bytes") process.stderr.write(`${step.uri} ${step.receivedBytes}/${step.totalBytes ?? "?"}\n`);
    },
    signal: AbortSignal.timeout(60 * 60_000),
  });
  for (const { uri, file, fromCache } of fetched) process.stdout.write(`${uri} -> ${file} cached=${fromCache}\n`);
} catch (error) {
  if (!(error instanceof FetchError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await fetcher.close();
}
