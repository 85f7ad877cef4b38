import { describe, expect, it } from "vitest";
import type { PullLine } from "@berth/engine-client";
import { createImagePuller, type ImagePullerOptions, type PullProgress } from "../src/index.ts";
import { engineError, image, notFound, scriptedEngine, type Script } from "./scripted-engine.ts";

const digest = `sha256:${"a".repeat(64)}`;
const from: PullLine = { status: "Pulling from r/a", id: "1" };
const layer = (status: string, current?: number): PullLine => ({
  status,
  id: "layer1",
  progressDetail: current === undefined ? {} : { current, total: 100 },
});
const whole: Script = [
  from,
  layer("Pulling fs layer"),
  layer("Downloading", 100),
  layer("Pull complete"),
  { status: `Digest: ${digest}` },
  { status: "Status: Downloaded newer image for r.example/a:1" },
];
const ref = "r.example/a:1";

const short = { beginMs: 60_000, downloadStallMs: 60_000, extractStallMs: 60_000, totalMs: 60_000 };
function pullerFor(engine: ReturnType<typeof scriptedEngine>, options: ImagePullerOptions = {}) {
  const puller = createImagePuller(
    { engine },
    { retryDelaysMs: [1, 1], ...options, budgets: { ...short, ...options.budgets } },
  );
  const progress: PullProgress[] = [];
  const ensure = (forcePull = false, platform?: string) =>
    puller.ensure({ image: ref, forcePull, platform, onProgress: (step) => progress.push(step) });
  return { puller, progress, ensure, kinds: () => progress.map(({ kind }) => kind) };
}

describe("stalls, by phase", () => {
  it.each<[string, Script, object, object]>([
    ["no first line", ["stall"], { beginMs: 30 }, { phase: "begin", layer: undefined }],
    ["no manifest", [from, "stall"], { downloadStallMs: 30 }, { phase: "download", layer: undefined }],
    [
      "no bytes",
      [from, layer("Pulling fs layer"), layer("Downloading", 40), "stall"],
      { downloadStallMs: 30 },
      { phase: "download", layer: "layer1", receivedBytes: 40, totalBytes: 100 },
    ],
    [
      "waiting for ever",
      [from, layer("Pulling fs layer"), layer("Waiting"), "stall"],
      { downloadStallMs: 30 },
      { phase: "download", layer: "layer1" },
    ],
    [
      "no end of unpacking",
      [from, layer("Downloading", 40), layer("Download complete"), layer("Extracting", 1), "stall"],
      { extractStallMs: 30 },
      { phase: "extract", layer: "layer1", receivedBytes: 100 },
    ],
  ])("%s: one new try, then an error that says where", async (_, script, budgets, expected) => {
    const engine = scriptedEngine([script, script], [notFound()]);
    const { ensure, kinds, puller } = pullerFor(engine, { budgets });
    const error = await ensure().catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "stalled", registryHost: "r.example", image: ref, ...expected });
    expect((error as Error).message).toMatch(/stalled for 0.03 s in phase \w+.*registry r.example, twice/);
    expect(engine.seen.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(kinds().filter((kind) => kind === "retrying")).toHaveLength(1);
    expect(puller.counts()).toMatchObject({ started: 1, failed: 1, active: 0 });
  });

  it("recovers on the second try", async () => {
    const engine = scriptedEngine([["stall"], whole], [notFound(), image]);
    const { ensure, kinds } = pullerFor(engine, { budgets: { beginMs: 30 } });
    expect(await ensure()).toMatchObject({ imageId: "sha256:1", pulled: true, reference: ref });
    expect(kinds()).toEqual(expect.arrayContaining(["pulling", "retrying", "layers", "pulled"]));
  });

  it("counts the layers that the engine has kept", async () => {
    const at = (id: string, status: string): PullLine => ({ status, id });
    const first: Script = [
      from,
      at("a", "Pulling fs layer"),
      at("b", "Pulling fs layer"),
      at("a", "Pull complete"),
      "stall",
    ];
    const second: Script = [
      from,
      at("a", "Already exists"),
      at("b", "Pulling fs layer"),
      at("b", "Pull complete"),
      { status: "Status: Downloaded" },
    ];
    const engine = scriptedEngine([first, second], [notFound(), image]);
    const { ensure, progress } = pullerFor(engine, { budgets: { downloadStallMs: 30 } });
    expect(await ensure()).toMatchObject({ pulled: true });
    expect(progress.find((step) => step.kind === "retrying")?.why).toContain("layer b");
    const afterwards = progress.slice(progress.findIndex(({ kind }) => kind === "retrying"));
    expect(afterwards.find((step) => step.kind === "layers")).toMatchObject({ layers: 1, layersDone: 1 });
    expect(afterwards.findLast((step) => step.kind === "layers")).toMatchObject({ layers: 2, layersDone: 2 });
  });

  it("silence while unpacking is no stall of the download", async () => {
    const unpacking: Script = [from, layer("Downloading", 100), layer("Download complete"), "stall"];
    const engine = scriptedEngine([unpacking], [notFound()]);
    const { ensure } = pullerFor(engine, { budgets: { downloadStallMs: 1, extractStallMs: 60_000, totalMs: 100 } });
    await expect(ensure()).rejects.toMatchObject({ code: "timeout", phase: "extract" });
    expect(engine.seen).toHaveLength(1);
  });

  it("the total budget ends it, whatever moves", async () => {
    const engine = scriptedEngine([["stall"]], [notFound()]);
    const { ensure } = pullerFor(engine, { budgets: { totalMs: 20 } });
    await expect(ensure()).rejects.toMatchObject({ code: "timeout", phase: "begin" });
  });
});

describe("streams that end early", () => {
  const cut: Script = whole.slice(0, 3);
  const cutWithDigest: Script = whole.slice(0, 5);
  const broken: Script = [...cut, engineError("unreachable", "socket hang up")];
  const known = { ...image, RepoDigests: [`r.example/a@${digest}`] };
  it.each([
    ["the image is there all the same", [cut], [notFound(), image], false, 1],
    ["cut by the connection, the image is there", [broken], [notFound(), image], false, 1],
    ["not there, and there after one new try", [cut, whole], [notFound(), notFound(), image], false, 2],
    ["forced: what is there may be the old one", [cut, whole], [image], true, 2],
    ["forced, and the digest is that of the image", [cutWithDigest], [known], true, 1],
    ["complete, and yet not there", [whole, whole], [notFound(), notFound(), image], false, 2],
  ] as const)("%s", async (_, pulls, inspects, forced, tries) => {
    const engine = scriptedEngine(pulls, inspects);
    expect(await pullerFor(engine).ensure(forced)).toMatchObject({ pulled: true, imageId: "sha256:1" });
    expect(engine.seen).toHaveLength(tries);
  });

  it("twice, and not there: incomplete", async () => {
    const engine = scriptedEngine([cut, broken], [notFound()]);
    await expect(pullerFor(engine).ensure()).rejects.toMatchObject({ code: "incomplete", layer: "layer1" });
    expect(engine.seen).toHaveLength(2);
  });
});

describe("failures in words", () => {
  const says = (words: string): Script => [from, { error: words, errorDetail: { message: words } }];
  it.each<[string, Script, string, number]>([
    ["an error line within a 200", says("manifest unknown"), "not-found", 1],
    ["the disk", says("write /x: no space left on device"), "no-space", 1],
    ["a limit, with two new tries", says("toomanyrequests: slow down"), "rate-limited", 3],
    ["5xx, with two new tries", says("received unexpected HTTP status: 502 Bad Gateway"), "registry-failed", 3],
    ["TLS", says("x509: certificate signed by unknown authority"), "unreachable", 1],
    ["no engine", [engineError("unreachable", "connect ENOENT /x.sock")], "engine-unreachable", 1],
    ["no permission", [engineError("permission-denied", "connect EACCES /x.sock")], "engine-permission-denied", 1],
    ["news", says("frobnication failed"), "engine-failed", 1],
  ])("%s", async (_, script, code, tries) => {
    const engine = scriptedEngine([script, script, script], [notFound()]);
    const error = await pullerFor(engine)
      .ensure()
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code });
    expect(engine.seen).toHaveLength(tries);
  });

  it("an engine that fails at the inspect pulls nothing", async () => {
    const engine = scriptedEngine([], [engineError("unreachable", "connect ECONNREFUSED")]);
    await expect(pullerFor(engine).ensure()).rejects.toMatchObject({ code: "engine-unreachable" });
    expect(engine.seen).toHaveLength(0);
  });
});

describe("platforms", () => {
  const arm = { ...image, Architecture: "arm64", Variant: "v8" };
  it("pulls when what is there is of another platform", async () => {
    const engine = scriptedEngine([whole], [image, arm]);
    expect(await pullerFor(engine).ensure(false, "linux/aarch64")).toMatchObject({ pulled: true });
    expect(engine.seen[0]?.platform).toBe("linux/arm64");
  });
  it("does not when it fits", async () => {
    const engine = scriptedEngine([], [arm]);
    expect(await pullerFor(engine).ensure(false, "linux/arm64/v8")).toMatchObject({ pulled: false });
  });
  it("says so when the registry has another one only", async () => {
    const engine = scriptedEngine([whole], [notFound(), image]);
    await expect(pullerFor(engine).ensure(false, "linux/arm64")).rejects.toMatchObject({ code: "wrong-platform" });
  });
  it.each(["linux/", "a/b/c/d", "linux/am d64", "/"])("refuses %j", async (platform) => {
    const engine = scriptedEngine([], [image]);
    await expect(pullerFor(engine).ensure(false, platform)).rejects.toMatchObject({ code: "invalid-platform" });
  });
});

it("asks nothing for a malformed reference, and nothing when closed", async () => {
  const engine = scriptedEngine([], [image]);
  const puller = createImagePuller({ engine });
  await expect(puller.ensure({ image: "A B" })).rejects.toMatchObject({ code: "invalid-reference" });
  await puller.close();
  await expect(puller.ensure({ image: ref })).rejects.toMatchObject({ code: "closed" });
  expect(engine.inspected()).toBe(0);
});

it("close ends a pull that is under way", async () => {
  const engine = scriptedEngine([[from, "stall"]], [notFound()]);
  const { puller, ensure } = pullerFor(engine);
  const pulling = ensure();
  pulling.catch(() => {});
  await expect.poll(() => engine.seen.length).toBe(1);
  await puller.close();
  await expect(pulling).rejects.toMatchObject({ code: "closed" });
  expect(engine.seen[0]?.aborted).toBe(true);
  expect(puller.counts()).toMatchObject({ cancelled: 1, active: 0 });
});

it("queues beyond the limit in order, tells the position, and lets one leave", async () => {
  const engine = scriptedEngine([[from, "stall"]], [notFound()]);
  const puller = createImagePuller({ engine }, { maxConcurrentPulls: 1 });
  const first = new AbortController();
  const ended = [puller.ensure({ image: "a:1", signal: first.signal }).catch((error: unknown) => error)];
  await expect.poll(() => engine.seen.length).toBe(1);
  const leaver = new AbortController();
  const positions: Record<string, number[]> = { "b:1": [], "c:1": [] };
  for (const [image, signal] of [
    ["b:1", leaver.signal],
    ["c:1", undefined],
  ] as const) {
    const onProgress = (step: PullProgress) => step.kind === "queued" && positions[image]?.push(step.position);
    ended.push(puller.ensure({ image, signal, onProgress }).catch((error: unknown) => error));
    await expect.poll(() => positions[image]?.length).toBe(1);
  }
  leaver.abort();
  expect(await ended[1]).toMatchObject({ code: "aborted" });
  await expect.poll(() => positions["c:1"]).toEqual([2, 1]);
  expect(puller.counts()).toMatchObject({ active: 1, queued: 1 });
  first.abort();
  expect(await ended[0]).toMatchObject({ code: "aborted" });
  // The next in the queue got the place: the script has one pull only, and says so.
  expect(await ended[2]).toMatchObject({ code: "engine-failed" });
  expect(engine.seen.map(({ ref }) => ref)).toEqual(["a:1", "c:1"]);
});
