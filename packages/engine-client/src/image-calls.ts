import type { CallBudgets } from "./budgets.ts";
import type { CallRunner } from "./call-runner.ts";
import type { CallOptions, ImageCalls, PullLine, RegistryAuth } from "./engine-client.ts";
import type { ImageInspect } from "./inspect.ts";
import { objectIn } from "./json-answer.ts";
import { readJsonLines } from "./json-lines.ts";
import { imagePath } from "./paths.ts";
import { stoppableIterable } from "./stoppable-iterable.ts";

export function createImageCalls({ runner, budgets }: { runner: CallRunner; budgets: CallBudgets }): ImageCalls {
  const at = (ref: string, rest = "") => imagePath(ref, rest, runner.endpoint);

  async function* pull(
    ref: string,
    options: CallOptions & { platform?: string | undefined; auth?: RegistryAuth | undefined },
    stop: AbortSignal,
  ): AsyncGenerator<PullLine, void, undefined> {
    const { platform, auth, signal, budgetMs } = options;
    const query = {
      fromImage: ref,
      // Without a tag the engine would pull all that the repository has.
      ...(namesOneImage(ref) ? {} : { tag: "latest" }),
      ...(platform !== undefined && { platform }),
    };
    const headers = auth === undefined ? {} : { "x-registry-auth": encodeAuth(auth) };
    const stream = await runner.stream(
      { method: "POST", path: "/images/create", query, headers, budgetMs },
      signal,
      stop,
    );
    for await (const { value } of readJsonLines(stream)) yield value;
  }

  return {
    async inspect(ref, { signal, budgetMs = budgets.imageInspect } = {}) {
      const path = at(ref, "/json");
      const answer = await runner.short({ method: "GET", path, budgetMs, class: "inspect" }, [200], signal);
      return objectIn<ImageInspect>(answer.text, ["Id"], { call: `GET ${path}`, endpoint: runner.endpoint });
    },

    pull: (ref, options = {}) => stoppableIterable((stop) => pull(ref, options, stop)),

    async tag(ref, repo, tag, { signal, budgetMs = budgets.imageTag } = {}) {
      const path = at(ref, "/tag");
      await runner.short({ method: "POST", path, query: { repo, tag }, budgetMs, class: "control" }, [201], signal);
    },

    async remove(ref, { force, noPrune, signal, budgetMs = budgets.imageRemove } = {}) {
      const path = at(ref);
      const query = { ...(force === true && { force: 1 }), ...(noPrune === true && { noprune: 1 }) };
      const answer = await runner.short(
        { method: "DELETE", path, query, budgetMs, class: "imageRemove" },
        [200, 404],
        signal,
      );
      return answer.status === 404 ? "gone" : "removed";
    },
  };
}

/** Whether the reference has a tag or a digest, so that it means one image. */
function namesOneImage(ref: string): boolean {
  return /[:@]/.test(ref.slice(ref.lastIndexOf("/") + 1));
}

/** URL-safe and padded: engine 20.10 takes a header without padding for no credentials at all. */
function encodeAuth(auth: RegistryAuth): string {
  return Buffer.from(JSON.stringify(auth)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
