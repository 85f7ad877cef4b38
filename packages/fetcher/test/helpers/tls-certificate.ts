import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "./workspace.ts";

export interface TlsCertificate {
  readonly key: string;
  readonly certificate: string;
  /** A file with both, as some servers want it. */
  readonly bothFile: string;
}

/** A self-signed certificate for `localhost`, made anew. */
export async function tlsCertificate(): Promise<TlsCertificate> {
  const folder = await temporaryFolder();
  const file = (name: string) => path.join(folder, name);
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", ...kind, ...subject, "-keyout", file("key"), "-out", file("crt")], {
    stdio: "ignore",
  });
  execFileSync("sh", ["-c", `cat "${file("key")}" "${file("crt")}" > "${file("both")}"`]);
  return {
    key: await readFile(file("key"), "utf8"),
    certificate: await readFile(file("crt"), "utf8"),
    bothFile: file("both"),
  };
}
