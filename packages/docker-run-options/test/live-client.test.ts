import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ContainerCreateBody } from "@berth/engine-client";
import { engineRequest, ensureTestImage, findEngine } from "@berth/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findOption } from "../src/find-option.ts";
import { runOptions } from "../src/option-table.ts";
import { parseRunOptions } from "../src/parse-run-options.ts";
import { renderDockerRun } from "../src/render/render-docker-run.ts";
import { type ComparableContainer, inspectComparable } from "./comparable-container.ts";
import { acceptedCases, caseName, toArguments, toParameter } from "./recording/cases.ts";
import { findDockerClient } from "./recording/docker-client.ts";

const engine = await findEngine();
const client = await findDockerClient();
const run = promisify(execFile);

// Names that the cases mention, made our own so that runs side by side do not meet.
const prefix = `berth-test-docker-run-options-${process.pid}`;
const localize = (text: string) => text.replaceAll(/\b(other|sibling|named)\b/g, `${prefix}-$1`);

// The first case for every set of options; the rest differs in grammar alone, which the recorded requests hold.
const liveCases = [...Map.groupBy(acceptedCases, (parameters) => optionsOf(parameters).join(" ")).values()]
  .map(([first = []]) => first)
  // These reach for a registry, or are refused by this client where Berth has the older field.
  .filter((parameters) => !parameters.some((text) => text === "pull=always" || text.startsWith("mac-address=")));

function optionsOf(parameters: readonly string[]): string[] {
  return [...new Set(parameters.map((text) => findOption(toParameter(text).key)?.name ?? ""))];
}

it("has a case for every option that Berth takes", () => {
  const elsewhere = ["annotation", "health-start-interval", "mac-address"];
  const covered = new Set([...liveCases.flatMap(optionsOf), ...elsewhere]);
  expect(runOptions.filter(({ name, refusal }) => refusal === undefined && !covered.has(name))).toEqual([]);
});

describe.skipIf(engine === undefined || client === undefined)("a container of ours against docker create's", () => {
  const socketPath = engine?.socketPath ?? "";
  let image = "";
  const created = new Set<string>();

  beforeAll(async () => {
    image = await ensureTestImage(socketPath, { ref: "berth-test-docker-run-options:1", changes: [`CMD ["true"]`] });
    for (const name of ["other", "sibling"]) {
      const answer = await engineRequest(socketPath, "POST", `/containers/create?name=${prefix}-${name}`, {
        Image: image,
      });
      if (answer.status !== 201) throw new Error(`create of ${name} failed: ${answer.text}`);
      created.add((JSON.parse(answer.text) as { Id: string }).Id);
    }
  }, 60_000);

  afterAll(async () => {
    for (const id of created) await engineRequest(socketPath, "DELETE", `/containers/${id}?force=true&v=true`);
    await engineRequest(socketPath, "DELETE", `/volumes/${prefix}-named?force=true`);
  }, 60_000);

  it.each(liveCases.map((parameters) => ({ name: caseName(parameters), parameters })))(
    "$name",
    { timeout: 60_000 },
    async ({ parameters }) => {
      const local = parameters.map(localize);
      const theirs = await createWithClient([...toArguments(local), image]);
      const { request, platform } = toRequest(local);
      const ours = await createWithBody(request, platform);
      expect(ours).toEqual(theirs);
      // And back: docker create with the line that `berth explain` prints makes the same container again.
      const rendered = renderDockerRun({ body: request, platform });
      expect(rendered.inexpressible).toEqual([]);
      const again = await createWithClient(rendered.args);
      expect(again).toEqual(ours);
    },
  );

  type Outcome = { readonly refusal: string } | { readonly container: ComparableContainer };

  async function createWithClient(args: readonly string[]): Promise<Outcome> {
    const command = ["-H", engine?.host ?? "", "create", "--quiet", ...args];
    const answer = await run(client?.file ?? "", command).catch((error: { stderr?: string }) => error);
    if (!("stdout" in answer) || answer.stdout === "")
      return { refusal: (answer.stderr ?? "").replace(/^Error response from daemon: /m, "").trim() };
    return { container: await take(answer.stdout.trim()) };
  }

  function toRequest(parameters: readonly string[]): { request: ContainerCreateBody; platform: string | undefined } {
    const result = parseRunOptions(parameters.map(toParameter), { apiVersion: "1.41" });
    if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join("; "));
    const { body, platform } = result.options;
    return { request: { Image: image, AttachStdout: true, AttachStderr: true, HostConfig: {}, ...body }, platform };
  }

  async function createWithBody(request: ContainerCreateBody, platform: string | undefined): Promise<Outcome> {
    const query = platform === undefined ? "" : `?platform=${encodeURIComponent(platform)}`;
    const answer = await engineRequest(socketPath, "POST", `/v1.41/containers/create${query}`, request);
    const content = JSON.parse(answer.text) as { Id?: string; message?: string };
    if (content.Id === undefined) return { refusal: content.message ?? answer.text };
    return { container: await take(content.Id) };
  }

  /** Inspects a container and removes it, with the volumes it brought. */
  async function take(id: string): Promise<ComparableContainer> {
    created.add(id);
    const container = await inspectComparable(socketPath, id);
    await engineRequest(socketPath, "DELETE", `/containers/${id}?force=true&v=true`);
    created.delete(id);
    return container;
  }
});
