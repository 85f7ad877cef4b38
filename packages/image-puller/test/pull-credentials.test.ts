import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { findEngine } from "@berth/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createImagePuller, type PullProgress } from "../src/index.ts";
import { realRegistry, user } from "./real-registry.ts";

const real = await findEngine();
const base64 = (password: string) => Buffer.from(`${user.username}:${password}`).toString("base64");

async function sandbox(files: Readonly<Record<string, unknown>>): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "berth-test-image-puller-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, value] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), JSON.stringify(value));
  }
  return directory;
}

describe.skipIf(real === undefined)("a private registry", () => {
  const registryOf = () => realRegistry(real as NonNullable<typeof real>, { privately: true });

  it("lets in with each place of credentials", async () => {
    const { registry, engine, publish, removeImage } = await registryOf();
    const image = await publish("private/a:1");
    const entry = { [registry.host]: { auth: base64(user.password) } };
    const agentFile = path.join(await sandbox({ "agent.json": { auths: entry } }), "agent.json");
    const cases: readonly [string | undefined, Record<string, unknown>, string][] = [
      [undefined, { ".dockercfg": entry }, "sandbox .dockercfg"],
      [undefined, { ".docker/config.json": { auths: entry } }, "sandbox .docker/config.json"],
      [JSON.stringify({ auths: { [`http://${registry.host}/v1/`]: { ...user } } }), {}, "agent docker_config"],
      [agentFile, {}, "agent docker_config"],
      // A wrong password of the agent's does not matter when the task brings its own.
      [JSON.stringify({ [registry.host]: { auth: base64("wrong") } }), { ".dockercfg": entry }, "sandbox .dockercfg"],
    ];
    for (const [dockerConfig, files, source] of cases) {
      const puller = createImagePuller({ engine }, { dockerConfig });
      const ensured = await puller.ensure({ image, sandboxDirectory: await sandbox(files) });
      expect(ensured).toMatchObject({ pulled: true, credentialSource: source });
      await removeImage(image);
    }
  });

  it("refuses without, says so, and gives no secret away anywhere", async () => {
    const { registry, engine, publish } = await registryOf();
    const image = await publish("private/b:1");
    const wrong = "wr0ng-Pa55phrase?&+";
    const dockerConfig = JSON.stringify({ auths: { [registry.host]: { auth: base64(wrong) } } });
    const observed: unknown[] = [];
    const attempt = async (options: { dockerConfig?: string }) => {
      const puller = createImagePuller({ engine }, options);
      const onProgress = (step: PullProgress) => observed.push(step);
      const error: unknown = await puller.ensure({ image, onProgress }).catch((error: unknown) => error);
      observed.push(error, puller.counts());
      return error as Error;
    };
    const none = await attempt({});
    expect(none).toMatchObject({ code: "unauthorized", registryHost: registry.host });
    expect(none.message).toContain("no credentials were found (none)");
    const refused = await attempt({ dockerConfig });
    expect(refused).toMatchObject({ code: "unauthorized", registryHost: registry.host });
    expect(refused.message).toContain("the registry refused the credentials from agent docker_config");
    // A registry that answers with what it was sent.
    registry.intercept = (request, response) => {
      if (request.url?.includes("/manifests/") !== true) return false;
      const message = `denied: ${request.headers.authorization} ${wrong} https://u:${wrong}@host/?token=${wrong}`;
      response.writeHead(403, { "content-type": "application/json" });
      response.end(JSON.stringify({ errors: [{ code: "DENIED", message }] }));
      return true;
    };
    const echoed = await attempt({ dockerConfig });
    expect(echoed.message).toContain("denied: ");
    expect(echoed.message).toContain("***");
    const everything = inspect(observed, { depth: null, showHidden: true, maxStringLength: null });
    for (const form of [wrong, base64(wrong), encodeURIComponent(wrong)]) expect(everything).not.toContain(form);
  });

  it("one task's credentials do not serve another's", async () => {
    const { registry, engine, publish } = await registryOf();
    const image = await publish("private/c:1", { layers: 2 });
    const puller = createImagePuller({ engine });
    const box = (password: string) => sandbox({ ".dockercfg": { [registry.host]: { auth: base64(password) } } });
    const [good, bad] = await Promise.all([box(user.password), box("wrong")]);
    const [first, second, third] = await Promise.allSettled([
      puller.ensure({ image, forcePull: true, sandboxDirectory: bad }),
      puller.ensure({ image, forcePull: true, sandboxDirectory: good }),
      puller.ensure({ image, forcePull: true, sandboxDirectory: await box(user.password) }),
    ]);
    expect(first).toMatchObject({ status: "rejected", reason: { code: "unauthorized" } });
    expect(second).toMatchObject({ status: "fulfilled", value: { pulled: true } });
    expect(third).toMatchObject({ status: "fulfilled", value: { pulled: true } });
    expect(puller.counts()).toMatchObject({ started: 2, joined: 1, failed: 1, succeeded: 1 });
  });
});

it.skipIf(real === undefined)("a missing helper does not fail a public pull", async () => {
  const { engine, publish } = await realRegistry(real as NonNullable<typeof real>);
  const image = await publish("public:1");
  const puller = createImagePuller(
    { engine },
    { dockerConfig: '{"credsStore":"gone"}', environment: { PATH: "/bin" } },
  );
  expect(await puller.ensure({ image })).toMatchObject({
    pulled: true,
    credentialSource: "none (agent docker_config: docker-credential-gone is not installed)",
  });
});
