import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { engineRequest } from "./engine-request.ts";

export interface TestImageOptions {
  /** `repo:tag`; default `berth-test/busybox:1`. */
  readonly ref?: string;
  /** Dockerfile instructions applied to the image: `CMD ["true"]`, `ENTRYPOINT [...]`, `ENV A=b`, `USER 1000`, `VOLUME /v`. */
  readonly changes?: readonly string[];
  /** Extra files: path in the image -> content. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

const applets = [
  "sh",
  "ls",
  "cat",
  "echo",
  "env",
  "sleep",
  "true",
  "false",
  "id",
  "wget",
  "httpd",
  "nc",
  "kill",
  "dd",
  "yes",
  "head",
  "tail",
  "seq",
  "printf",
  "test",
  "mkdir",
  "chmod",
  "stat",
  "df",
  "mount",
  "hostname",
  "ip",
  "ps",
  "touch",
  "rm",
  "ln",
  "grep",
  "awk",
  "sed",
  "tr",
  "wc",
  "sha256sum",
  "md5sum",
  "date",
  "usleep",
  "trap",
  "mv",
  "cp",
  "find",
  "sync",
  "stty",
  "tty",
  "ulimit",
  "nslookup",
  "cut",
  "sort",
  "readlink",
  "od",
  "hexdump",
  "tar",
  "gzip",
  "vi",
  "time",
  "timeout",
];

/**
 * An image from a static busybox and nothing else, imported into the engine. Made anew only when its content differs from
 * what stands under the tag. Returns the reference.
 */
export async function ensureTestImage(socketPath: string, options: TestImageOptions = {}): Promise<string> {
  const ref = options.ref ?? "berth-test/busybox:1";
  const changes = options.changes ?? [];
  const fingerprint = createHash("sha256")
    .update(
      JSON.stringify([
        applets,
        changes,
        Object.entries(options.files ?? {}).map(([k, v]) => [k, Buffer.from(v).toString("base64")]),
      ]),
    )
    .digest("hex");
  const existing = await engineRequest(socketPath, "GET", `/images/${ref}/json`);
  if (existing.status === 200) {
    const comment = (JSON.parse(existing.text) as { Comment?: string }).Comment ?? "";
    if (comment === fingerprint) return ref;
  }
  const root = await mkdtemp(path.join(tmpdir(), "berth-image-"));
  try {
    await mkdir(path.join(root, "bin"));
    await mkdir(path.join(root, "etc"));
    await mkdir(path.join(root, "tmp"), { mode: 0o1777 });
    await chmod(path.join(root, "tmp"), 0o1777);
    await copyFile("/bin/busybox", path.join(root, "bin/busybox"));
    await chmod(path.join(root, "bin/busybox"), 0o755);
    for (const applet of applets) await symlink("busybox", path.join(root, "bin", applet));
    await writeFile(
      path.join(root, "etc/passwd"),
      "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
    );
    await writeFile(path.join(root, "etc/group"), "root:x:0:\nnogroup:x:65534:\nextra:x:1234:\n");
    for (const [name, content] of Object.entries(options.files ?? {})) {
      const target = path.join(root, name);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, content);
    }
    const at = ref.lastIndexOf(":");
    const query = new URLSearchParams({
      fromSrc: "-",
      repo: ref.slice(0, at),
      tag: ref.slice(at + 1),
      message: fingerprint,
    });
    for (const change of ["ENV PATH=/bin", ...changes]) query.append("changes", change);
    const tar = spawn("tar", ["-C", root, "--numeric-owner", "--owner=0", "--group=0", "-c", "."], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const answer = await engineRequest(socketPath, "POST", `/images/create?${query.toString()}`, tar.stdout);
    if (answer.status !== 200 || answer.text.includes('"error"'))
      throw new Error(`import of ${ref} failed: ${answer.text}`);
    return ref;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Pushes an image that the engine has to a registry, under `repository:tag` there. Returns the whole reference. */
export async function pushImage(
  socketPath: string,
  ref: string,
  registryHost: string,
  repository: string,
  tag: string,
  auth?: { username: string; password: string },
): Promise<string> {
  const repo = `${registryHost}/${repository}`;
  const tagged = await engineRequest(
    socketPath,
    "POST",
    `/images/${ref}/tag?repo=${encodeURIComponent(repo)}&tag=${tag}`,
  );
  if (tagged.status !== 201) throw new Error(`tag of ${ref} failed: ${tagged.text}`);
  // Padded: engine 20.10 takes a header without padding for no credentials at all.
  const header = Buffer.from(JSON.stringify(auth === undefined ? {} : { ...auth, serveraddress: registryHost }))
    .toString("base64")
    .replaceAll("+", "-")
    .replaceAll("/", "_");
  const pushed = await engineRequest(socketPath, "POST", `/images/${repo}/push?tag=${tag}`, undefined, {
    "x-registry-auth": header,
  });
  if (pushed.status !== 200 || pushed.text.includes('"error"'))
    throw new Error(`push of ${repo}:${tag} failed: ${pushed.text}`);
  await engineRequest(socketPath, "DELETE", `/images/${repo}:${tag}?noprune=true`);
  return `${repo}:${tag}`;
}

/** The static busybox that test images are made of, for tests that need its bytes. */
export function busyboxBytes(): Promise<Buffer> {
  return readFile("/bin/busybox");
}
