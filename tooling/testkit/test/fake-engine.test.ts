import { describe, expect, it, onTestFinished } from "vitest";
import { engineRequest, ensureTestImage, type FakeEngine, findEngine, startFakeEngine } from "@berth/testkit";

const engine = await findEngine();
const image = "berth-test/busybox:1";
const name = "berth-test-testkit-same";

const newerVersion = "/v1.99/info";

/** One life with everything that can be refused in it: method, path, body. `#` is the container. */
const requests: readonly (readonly [string, string, unknown?])[] = [
  ["GET", "/containers/#/json"],
  ["POST", `/containers/create?name=${name}`, { Image: "berth-test-testkit/absent:1", Cmd: ["true"] }],
  ["POST", `/containers/create?name=${name}`, { Image: image, Cmd: ["sleep", "600"] }],
  ["POST", `/containers/create?name=${name}`, { Image: image, Cmd: ["sleep", "600"] }],
  ["POST", "/containers/#/stop?t=0"],
  ["POST", "/containers/#/kill"],
  ["POST", "/containers/#/pause"],
  ["POST", "/containers/#/start"],
  ["POST", "/containers/#/start"],
  ["GET", "/containers/#/json"],
  ["POST", "/containers/#/pause"],
  ["POST", "/containers/#/pause"],
  ["POST", "/containers/#/unpause"],
  ["DELETE", "/containers/#"],
  ["POST", "/containers/#/kill?signal=SIGKILL"],
  ["POST", "/containers/#/wait"],
  ["GET", "/containers/#/json"],
  ["GET", "/containers/#/logs?stdout=1"],
  ["DELETE", "/containers/#?v=1"],
  ["DELETE", "/containers/#?v=1"],
  ["GET", `/images/${image}/json`],
  ["GET", "/images/berth-test-testkit/absent:1/json"],
  ["GET", newerVersion],
  ["GET", "/nothing/here"],
];

/** Statuses, and for refusals the engine's words if wanted, with what differs from run to run taken out. */
async function play(socketPath: string, apiVersion: string, withWords: boolean): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (const [method, path, body] of requests) {
    const url = path === newerVersion ? path : `/v${apiVersion}${path.replace("#", name)}`;
    const { status, text } = await engineRequest(socketPath, method, url, body);
    const refusal = () => (withWords ? (JSON.parse(text) as { message: string }).message : "");
    const words = status >= 400 ? refusal() : stateIn(text);
    outcomes.push(
      `${method} ${path}: ${status} ${words.replaceAll(/[0-9a-f]{64}/g, "ID").replaceAll(`/${name}`, name)}`,
    );
  }
  return outcomes;
}

function socketPathOf({ endpoint }: FakeEngine): string {
  if (endpoint.kind !== "unix") throw new Error("it listens on TCP");
  return endpoint.socketPath;
}

function stateIn(text: string): string {
  const { State: state, StatusCode: code } = (text.startsWith("{") ? JSON.parse(text) : {}) as {
    State?: Record<string, unknown>;
    StatusCode?: number;
  };
  if (state === undefined) return code === undefined ? "" : String(code);
  return ["Status", "Running", "Paused", "ExitCode", "OOMKilled"]
    .map((key) => `${key}=${String(state[key])}`)
    .join(" ");
}

describe.skipIf(engine === undefined)("the fake engine", () => {
  it("answers as the real one does", async () => {
    await ensureTestImage(engine!.socketPath);
    const remove = () => engineRequest(engine!.socketPath, "DELETE", `/containers/${name}?force=1`);
    await remove();
    onTestFinished(async () => void (await remove()));
    const apiVersion = String((await engineRequest(engine!.socketPath, "GET", "/_ping")).headers["api-version"]);
    await using fake = await startFakeEngine({ images: { [image]: {} }, behaviour: {}, apiVersion });
    // The words are those of Docker 20.10; later engines say the same in others.
    const withWords = apiVersion === "1.41";
    const real = await play(engine!.socketPath, apiVersion, withWords);
    expect(await play(socketPathOf(fake), apiVersion, withWords)).toEqual(real);
  });
});

describe("its faults", () => {
  async function setUp() {
    const fake = await startFakeEngine({ images: { "a:1": {} } });
    onTestFinished(() => fake.stop());
    const socketPath = socketPathOf(fake);
    const create = (named: string) =>
      engineRequest(socketPath, "POST", `/containers/create?name=${named}`, { Image: "a:1" });
    return { fake, socketPath, create };
  }

  it("strike the nth call only", async () => {
    const { fake, create } = await setUp();
    fake.fault({ on: "POST /containers/create", nth: 2, action: { kind: "answer", status: 500, message: "no" } });
    const statuses = [(await create("x")).status, (await create("y")).status, (await create("z")).status];
    expect(statuses).toEqual([201, 500, 201]);
    expect(fake.containers.map((container) => container.name)).toEqual(["x", "z"]);
  });

  it("end when they are removed", async () => {
    const { fake, create } = await setUp();
    const fault = fake.fault({ on: /create/, nth: "every", action: { kind: "answer", status: 500, message: "no" } });
    expect((await create("x")).status).toBe(500);
    fault.remove();
    expect((await create("x")).status).toBe(201);
  });

  it("delay the effect until they are released", async () => {
    const { fake, create } = await setUp();
    const fault = fake.fault({ on: /create/, action: { kind: "delay" } });
    const late = create("x");
    await fault.struck;
    expect(fake.containers).toEqual([]);
    fault.release();
    expect((await late).status).toBe(201);
  });

  it("lie", async () => {
    const { fake, socketPath, create } = await setUp();
    await create("x");
    fake.fault({
      on: "GET /containers/*/json",
      action: { kind: "rewrite", body: (real) => ({ ...(real as object), Name: "/y" }) },
    });
    expect(JSON.parse((await engineRequest(socketPath, "GET", "/containers/x/json")).text)).toMatchObject({
      Name: "/y",
    });
  });

  it("let a name be taken by nobody", async () => {
    const { fake, socketPath, create } = await setUp();
    fake.addPhantomName("x");
    expect((await create("x")).status).toBe(409);
    expect((await engineRequest(socketPath, "GET", "/containers/x/json")).status).toBe(404);
  });

  it("make a start fail as often as they say", async () => {
    const startFault = { status: 500, message: "port is already allocated", times: 2 };
    await using fake = await startFakeEngine({ images: { "a:1": {} }, behaviour: { startFault } });
    const socketPath = socketPathOf(fake);
    await engineRequest(socketPath, "POST", "/containers/create?name=x", { Image: "a:1" });
    const start = async () => (await engineRequest(socketPath, "POST", "/containers/x/start")).status;
    expect([await start(), await start(), await start()]).toEqual([500, 500, 204]);
  });

  it("come out the same for the same seed", async () => {
    const ids = async (seed: number) => {
      await using fake = await startFakeEngine({ images: { "a:1": {} }, seed });
      const socketPath = socketPathOf(fake);
      return (await engineRequest(socketPath, "POST", "/containers/create", { Image: "a:1" })).text;
    };
    expect(await ids(5)).toBe(await ids(5));
    expect(await ids(5)).not.toBe(await ids(6));
  });
});
