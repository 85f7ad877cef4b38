import { EngineError } from "./errors.ts";

/** The path of a container, by id or name. */
export function containerPath(id: string, rest: string, endpoint: string): string {
  if (id === "" || id === "." || id === "..") throw badName("container", id, endpoint);
  return `/containers/${encodeURIComponent(id)}${rest}`;
}

/** The path of an image. Its slashes stay, since the engine matches the rest of the path after them. */
export function imagePath(ref: string, rest: string, endpoint: string): string {
  const segments = ref.split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    throw badName("image", ref, endpoint);
  }
  return `/images/${segments.map(encodeSegment).join("/")}${rest}`;
}

/** `:` and `@` are fine within a path and keep references readable in messages. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll("%3A", ":").replaceAll("%40", "@");
}

/** Such a path would be another path to the engine, which answers with a redirect. */
function badName(what: string, name: string, endpoint: string): EngineError {
  return new EngineError(
    "bad-request",
    `${JSON.stringify(name)} is no name of ${what === "image" ? "an image" : "a container"}`,
    {
      call: `/${what}s/${name}`,
      endpoint,
    },
  );
}
