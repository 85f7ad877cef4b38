/** One entry of `auths`, decoded. */
export interface AuthEntry {
  /** As the file has it: `https://index.docker.io/v1/`, `registry.example.com:5000`. */
  readonly server: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly identityToken: string | undefined;
  readonly registryToken: string | undefined;
}

/** What a `config.json` or a `.dockercfg` says about credentials. */
export interface DockerConfig {
  readonly auths: readonly AuthEntry[];
  /** Registry -> suffix of the helper's name. */
  readonly credHelpers: ReadonlyMap<string, string>;
  readonly credsStore: string | undefined;
  /** Faults that concern single entries, without their values. */
  readonly problems: readonly string[];
}

/**
 * Reads either form. Returns a sentence instead when nothing can be used; it never quotes the text, and neither does it hand
 * on the words of the JSON parser, because they do.
 */
export function parseDockerConfig(text: string): DockerConfig | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return "not valid JSON";
  }
  if (!isRecord(parsed)) return "not a JSON object";
  const modern = ["auths", "credHelpers", "credsStore"].some((key) => key in parsed);
  const problems: string[] = [];
  // The old form is the auths themselves. A config.json may lack credentials altogether, so what is no entry is passed over.
  const auths = modern ? parsed["auths"] : Object.fromEntries(Object.entries(parsed).filter(([, v]) => isEntry(v)));
  return {
    auths: readAuths(auths, problems),
    credHelpers: readHelpers(modern ? parsed["credHelpers"] : undefined, problems),
    credsStore: readHelper(modern ? parsed["credsStore"] : undefined, "credsStore", problems),
    problems,
  };
}

function readAuths(auths: unknown, problems: string[]): AuthEntry[] {
  if (auths === undefined || auths === null) return [];
  if (!isRecord(auths)) {
    problems.push("auths is not an object");
    return [];
  }
  const entries: AuthEntry[] = [];
  for (const [server, value] of Object.entries(auths)) {
    const entry = isRecord(value) ? decodeEntry(server, value) : "not an object";
    if (typeof entry === "string") problems.push(`the entry for ${shown(server)} is ${entry}`);
    else if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** Undefined for an empty entry: the docker client leaves one as a mark where a store has the credentials. */
function decodeEntry(server: string, value: Record<string, unknown>): AuthEntry | string | undefined {
  const fields = ["auth", "username", "password", "identitytoken", "registrytoken"] as const;
  const wrong = fields.find((field) => value[field] !== undefined && typeof value[field] !== "string");
  if (wrong !== undefined) return `wrong: its ${wrong} is not a string`;
  const text = (field: (typeof fields)[number]) => (value[field] as string | undefined) || undefined;
  let username = text("username");
  let password = text("password");
  const auth = text("auth");
  if (auth !== undefined) {
    const decoded = decodeAuth(auth);
    if (decoded === undefined) return "wrong: its auth is not the base64 of user:password";
    [username, password] = decoded;
  }
  const identityToken = text("identitytoken");
  const registryToken = text("registrytoken");
  if (identityToken === undefined && registryToken === undefined) {
    if (username === undefined && password === undefined) return undefined;
    if (username === undefined || password === undefined) return "wrong: it has only one of user and password";
  }
  return { server, username, password, identityToken, registryToken };
}

function decodeAuth(auth: string): [username: string, password: string | undefined] | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(auth.trim())) return undefined;
  const text = Buffer.from(auth, "base64").toString();
  const colon = text.indexOf(":");
  // Old clients padded the password with NUL.
  return colon < 1
    ? undefined
    : [text.slice(0, colon), text.slice(colon + 1).replaceAll(/^\0+|\0+$/g, "") || undefined];
}

function readHelpers(helpers: unknown, problems: string[]): Map<string, string> {
  const found = new Map<string, string>();
  if (helpers === undefined || helpers === null) return found;
  if (!isRecord(helpers)) {
    problems.push("credHelpers is not an object");
    return found;
  }
  for (const [server, value] of Object.entries(helpers)) {
    const helper = readHelper(value, `the helper for ${shown(server)}`, problems);
    if (helper !== undefined) found.set(server, helper);
  }
  return found;
}

/** Only a plain name may become part of a program's name: a task's own file may hold anything. */
function readHelper(value: unknown, what: string, problems: string[]): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)) return value;
  problems.push(`${what} is not a plain name`);
  return undefined;
}

function isEntry(value: unknown): boolean {
  return isRecord(value) && ["auth", "username", "identitytoken", "registrytoken"].some((key) => key in value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A server's name for a message: without user and password, should somebody have written them there. */
function shown(server: string): string {
  return JSON.stringify(server.replace(/\/\/[^/]*@/, "//***@").slice(0, 200));
}
