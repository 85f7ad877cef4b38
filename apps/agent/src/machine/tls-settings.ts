import { readFile } from "node:fs/promises";
import type { LibprocessTls } from "@berth/libprocess";
import { AgentError } from "../agent-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const prefix = "LIBPROCESS_SSL_";
const served = new Set([
  "ENABLED",
  "KEY_FILE",
  "CERT_FILE",
  "CA_FILE",
  "VERIFY_CERT",
  "VERIFY_SERVER_CERT",
  "REQUIRE_CERT",
  "REQUIRE_CLIENT_CERT",
]);
/** What may be said because it is so anyway. */
const asItIs: Readonly<Record<string, string>> = {
  SUPPORT_DOWNGRADE: "false",
  VERIFY_IPADD: "false",
  ENABLE_SSL_V3: "false",
  ENABLE_TLS_V1_0: "false",
  ENABLE_TLS_V1_1: "false",
  ENABLE_TLS_V1_2: "true",
  ENABLE_TLS_V1_3: "true",
};

/**
 * TLS for HTTP and libprocess as the LIBPROCESS_SSL_ variables ask for it; undefined when it is off. A variable that is not served is
 * refused by name. Rejects with AgentError `usage`, or `environment` for files that cannot be read.
 */
export async function tlsSettings(env: Environment): Promise<LibprocessTls | undefined> {
  const settings = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith(prefix) && value !== undefined) settings.set(name.slice(prefix.length), value);
  }
  const yes = (name: string) => isYes(name, settings.get(name));
  if (!yes("ENABLED")) return undefined;
  for (const [name, value] of settings) {
    if (served.has(name) || (name in asItIs && isYes(name, value) === (asItIs[name] === "true"))) continue;
    throw new AgentError("usage", `${prefix}${name} is not served: take it out of the environment`);
  }
  const requireClient = yes("REQUIRE_CERT") || yes("REQUIRE_CLIENT_CERT");
  const ca = settings.get("CA_FILE");
  return {
    key: await pem("KEY_FILE", settings),
    cert: await pem("CERT_FILE", settings),
    ca: ca === undefined ? undefined : await pem("CA_FILE", settings),
    // A certificate that is demanded is also looked at, as in the original.
    verifyServer: yes("VERIFY_CERT") || yes("VERIFY_SERVER_CERT") || yes("REQUIRE_CERT"),
    requireClientCertificate: requireClient,
  };
}

function isYes(name: string, value: string | undefined): boolean {
  if (value === undefined || value === "0" || value === "false") return false;
  if (value === "1" || value === "true") return true;
  throw new AgentError("usage", `${prefix}${name}=${value}: write true or false`);
}

async function pem(name: string, settings: ReadonlyMap<string, string>): Promise<Uint8Array> {
  const file = settings.get(name);
  if (file === undefined) throw new AgentError("usage", `${prefix}ENABLED needs ${prefix}${name}`);
  return readFile(file).catch((cause: Error) => {
    throw new AgentError("environment", `${prefix}${name}: cannot read ${file}: ${cause.message}`, { cause });
  });
}
