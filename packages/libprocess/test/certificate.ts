import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** PEM texts of a self-signed certificate for these names, `IP:127.0.0.1` or `DNS:node1`, made anew. */
export async function makeCertificate(...names: readonly string[]): Promise<{ key: string; cert: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-test-libprocess-tls-"));
  try {
    const key = path.join(folder, "key.pem");
    const cert = path.join(folder, "cert.pem");
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const subject = ["-subj", `/CN=berth ${names.join(" ")}`, "-addext", `subjectAltName=${names.join(",")}`];
    await promisify(execFile)("openssl", [
      "req",
      "-x509",
      ...curve,
      "-days",
      "1",
      ...subject,
      "-keyout",
      key,
      "-out",
      cert,
    ]);
    return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
