import { ImagePullError } from "./errors.ts";

/** A reference, read as the docker client reads it (the grammar of distribution/reference). */
export interface ImageReference {
  /** `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly domain: string;
  /** The repository within the registry: `library/busybox`. */
  readonly path: string;
  /** `latest` when neither a tag nor a digest was given. */
  readonly tag: string | undefined;
  /** `sha256:<hex>`. It wins over a tag. */
  readonly digest: string | undefined;
  /** Everything spelt out: `docker.io/library/busybox:latest`. */
  readonly canonical: string;
  /** What people write: `busybox:latest`. */
  readonly familiar: string;
  /** What the engine is asked for: familiar, and without the tag beside a digest, which engines read in different ways. */
  readonly engineName: string;
}

const defaultDomain = "docker.io";
const officialPrefix = "library/";
const maxPathLength = 255;

const domainComponent = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const host = String.raw`(?:${domainComponent}(?:\.${domainComponent})*|\[[a-fA-F0-9:]+\])`;
const domain = `${host}(?::[0-9]+)?`;
const pathComponent = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const repositoryPath = `${pathComponent}(?:/${pathComponent})*`;
const tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const algorithm = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*";
const grammar = new RegExp(`^(${domain})/(${repositoryPath})(?::(${tag}))?(?:@(${algorithm}:[0-9a-fA-F]{32,}))?$`);

/** Hex digits by algorithm: those that the engine knows. */
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * Reads `[host[:port]/]path[:tag][@digest]`. Throws ImagePullError `invalid-reference`; where docker has a sentence for the
 * fault, the message holds that very sentence.
 */
export function parseImageReference(text: string): ImageReference {
  const refuse = (why: string): never => {
    throw new ImagePullError("invalid-reference", `image ${quoted(text)}: ${why}`, { image: text });
  };
  if (text === "") refuse("invalid reference format: the image is empty; give one such as busybox:1.36");
  if (/^[a-f0-9]{64}$/.test(text)) {
    refuse(
      `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings; give a name, or a name with @sha256:<digest>`,
    );
  }
  const [foundDomain, rest] = splitDomain(text);
  const remote = rest.split(":", 1)[0] ?? "";
  if (remote.toLowerCase() !== remote) {
    refuse(`invalid reference format: repository name (${remote}) must be lowercase`);
  }
  const match = grammar.exec(`${foundDomain}/${rest}`);
  if (match === null) return refuse(`invalid reference format${hint(text)}`);
  const [, matchedDomain = "", path = "", matchedTag, digest] = match;
  if (path.length > maxPathLength) refuse(`repository name must not be more than ${maxPathLength} characters`);
  if (digest !== undefined) {
    const fault = digestFault(digest);
    if (fault !== undefined) refuse(fault);
  }
  const effectiveTag = matchedTag ?? (digest === undefined ? "latest" : undefined);
  const suffix = `${effectiveTag === undefined ? "" : `:${effectiveTag}`}${digest === undefined ? "" : `@${digest}`}`;
  const name = familiarName(matchedDomain, path);
  return {
    domain: matchedDomain,
    path,
    tag: effectiveTag,
    digest,
    canonical: `${matchedDomain}/${path}${suffix}`,
    familiar: `${name}${suffix}`,
    engineName: digest === undefined ? `${name}${suffix}` : `${name}@${digest}`,
  };
}

/** Where the name of a registry ends: docker takes a first part for one only when it cannot be a user's name. */
function splitDomain(text: string): [domain: string, rest: string] {
  const slash = text.indexOf("/");
  if (slash < 0) return [defaultDomain, officialPrefix + text];
  const first = text.slice(0, slash);
  const rest = text.slice(slash + 1);
  const isDomain = first === "localhost" || /[.:]/.test(first) || first.toLowerCase() !== first;
  const found = isDomain ? (first === "index.docker.io" ? defaultDomain : first) : defaultDomain;
  const remote = isDomain ? rest : text;
  return [found, found === defaultDomain && !remote.includes("/") ? officialPrefix + remote : remote];
}

function familiarName(domain: string, path: string): string {
  if (domain !== defaultDomain) return `${domain}/${path}`;
  const short = path.startsWith(officialPrefix) ? path.slice(officialPrefix.length) : path;
  const familiar = short.includes("/") ? path : short;
  // docker.io/a.b/c must not become a.b/c: that is another registry, which would get Docker Hub's credentials.
  return splitDomain(familiar)[0] === domain ? familiar : `${domain}/${path}`;
}

function digestFault(digest: string): string | undefined {
  const colon = digest.indexOf(":");
  const length = digestLengths[digest.slice(0, colon)];
  const hex = digest.slice(colon + 1);
  if (length === undefined) return "unsupported digest algorithm; sha256, sha384 and sha512 are known";
  if (hex.length !== length) return `invalid checksum digest length: ${hex.length} hex digits where ${length} belong`;
  return /[A-F]/.test(hex) ? "invalid checksum digest format: its hex digits must be lowercase" : undefined;
}

function hint(text: string): string {
  if (/^[a-z+]+:\/\//i.test(text)) return "; leave out the scheme, an image has none";
  if (/\s/.test(text)) return "; it contains white space";
  if (text.endsWith(":")) return "; a tag is missing after the colon";
  return "; it should look like registry:port/path:tag or path@sha256:<digest>";
}

/** Quoted for a message, with control characters escaped and no more of it than a line can take. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}...` : text);
}
