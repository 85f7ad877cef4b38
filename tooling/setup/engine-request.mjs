import http from "node:http";
import https from "node:https";
import { existsSync, readFileSync } from "node:fs";

/** The connection that a DOCKER_HOST asks for, as options of node:http. */
export function engineOptions(host) {
  if (host.startsWith("unix://")) return { transport: http, options: { socketPath: host.slice("unix://".length) } };
  const url = new URL(host.replace(/^tcp:/, "http:"));
  const folder = process.env.DOCKER_CERT_PATH ?? `${process.env.HOME}/.docker`;
  const tls = Boolean(process.env.DOCKER_TLS_VERIFY || process.env.DOCKER_CERT_PATH);
  const read = (name) => (existsSync(`${folder}/${name}`) ? readFileSync(`${folder}/${name}`) : undefined);
  return {
    transport: tls ? https : http,
    options: {
      host: url.hostname,
      port: url.port || (tls ? 2376 : 2375),
      ...(tls && { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") }),
    },
  };
}

/** One request to the engine; a stream as body is a tar. */
export function engineRequest(host, method, path, body, headers = {}) {
  const { transport, options } = engineOptions(host);
  const stream = typeof body?.pipe === "function" ? body : undefined;
  const type = stream ? { "content-type": "application/x-tar" } : body ? { "content-type": "application/json" } : {};
  return new Promise((resolve, reject) => {
    const request = transport.request({ ...options, method, path, headers: { ...type, ...headers } }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode, text }));
      response.on("error", reject);
    });
    request.on("error", reject);
    if (stream) stream.pipe(request);
    else request.end(body && JSON.stringify(body));
  });
}

/** The status of a GET, or undefined when nobody answers. */
export async function httpStatus(url) {
  try {
    const answer = await fetch(url, {
      headers: { accept: "application/vnd.docker.distribution.manifest.v2+json" },
      signal: AbortSignal.timeout(5000),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return undefined;
  }
}
