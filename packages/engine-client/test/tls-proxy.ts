import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

const run = promisify(execFile);

/** PEM texts of an authority made for one test, and of a server (127.0.0.1 and ::1) and a client that it vouches for. */
export interface TestAuthority {
  /** Holds ca.pem, cert.pem and key.pem of the client, as DOCKER_CERT_PATH does. */
  readonly clientFolder: string;
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
}

export async function makeAuthority(): Promise<TestAuthority> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-test-engine-client-tls-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const openssl = (...args: string[]) => run("openssl", args, { cwd: folder });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl(
    "req",
    "-x509",
    ...curve,
    "-keyout",
    "ca-key.pem",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=berth test CA",
    "-days",
    "1",
  );
  const issue = async (name: string, extension: string, key: string, cert: string) => {
    await writeFile(path.join(folder, `${name}.ext`), extension);
    await openssl("req", ...curve, "-keyout", key, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    const signer = ["-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-days", "1"];
    await openssl("x509", "-req", "-in", `${name}.csr`, ...signer, "-extfile", `${name}.ext`, "-out", cert);
  };
  await issue("server", "subjectAltName=IP:127.0.0.1,IP:::1", "server-key.pem", "server.pem");
  await issue("client", "extendedKeyUsage=clientAuth", "key.pem", "cert.pem");
  const read = (name: string) => readFile(path.join(folder, name), "utf8");
  const server = { cert: await read("server.pem"), key: await read("server-key.pem") };
  return { clientFolder: folder, ca: await read("ca.pem"), server };
}

/** A free port of 127.0.0.1 in front of a unix socket; with an authority it speaks TLS and wants a client's certificate. */
export async function listenInFront(socketPath: string, authority?: TestAuthority): Promise<number> {
  const pass = (client: ReturnType<typeof connect>) => {
    const engine = connect(socketPath);
    client.pipe(engine).pipe(client);
    client.on("error", () => engine.destroy());
    engine.on("error", () => client.destroy());
    client.on("close", () => engine.destroy());
    engine.on("close", () => client.destroy());
  };
  const server: Server =
    authority === undefined
      ? createServer({ allowHalfOpen: true }, pass)
      : createTlsServer(
          { ...authority.server, ca: authority.ca, requestCert: true, rejectUnauthorized: true, allowHalfOpen: true },
          pass,
        );
  // Also those that never became a TLS connection.
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return (server.address() as AddressInfo).port;
}
