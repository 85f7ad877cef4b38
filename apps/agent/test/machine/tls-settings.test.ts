import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tlsSettings } from "../../src/machine/tls-settings.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "berth-test-tls-"));
  for (const name of ["key", "cert", "ca"]) await writeFile(path.join(folder, name), `the ${name}`);
});
afterAll(() => rm(folder, { recursive: true }));

const on = (more: Record<string, string> = {}) => ({
  LIBPROCESS_SSL_ENABLED: "true",
  LIBPROCESS_SSL_KEY_FILE: path.join(folder, "key"),
  LIBPROCESS_SSL_CERT_FILE: path.join(folder, "cert"),
  ...more,
});

test.each([{}, { LIBPROCESS_SSL_ENABLED: "false", LIBPROCESS_SSL_CIPHERS: "x" }, { LIBPROCESS_SSL_KEY_FILE: "/x" }])(
  "%j: off",
  async (env) => {
    expect(await tlsSettings(env)).toBeUndefined();
  },
);

test.each([
  [{}, false, false],
  [{ LIBPROCESS_SSL_VERIFY_CERT: "1" }, true, false],
  [{ LIBPROCESS_SSL_VERIFY_SERVER_CERT: "true" }, true, false],
  [{ LIBPROCESS_SSL_REQUIRE_CERT: "true" }, true, true],
  [{ LIBPROCESS_SSL_REQUIRE_CLIENT_CERT: "true" }, false, true],
  [{ LIBPROCESS_SSL_SUPPORT_DOWNGRADE: "false", LIBPROCESS_SSL_ENABLE_TLS_V1_2: "1" }, false, false],
])("%j", async (more, verifyServer, requireClientCertificate) => {
  const tls = await tlsSettings(on(more));
  expect(tls).toMatchObject({ verifyServer, requireClientCertificate, ca: undefined });
  expect(String(tls?.key)).toBe("the key");
  expect(String(tls?.cert)).toBe("the cert");
});

test("a CA", async () => {
  expect(String((await tlsSettings(on({ LIBPROCESS_SSL_CA_FILE: path.join(folder, "ca") })))?.ca)).toBe("the ca");
});

test.each(["SUPPORT_DOWNGRADE", "CIPHERS", "CA_DIR", "VERIFY_DEPTH", "ENABLE_TLS_V1_0", "HOSTNAME_VALIDATION_SCHEME"])(
  "LIBPROCESS_SSL_%s is refused by name",
  async (name) => {
    await expect(tlsSettings(on({ [`LIBPROCESS_SSL_${name}`]: "true" }))).rejects.toMatchObject({
      code: "usage",
      message: `LIBPROCESS_SSL_${name} is not served: take it out of the environment`,
    });
  },
);

test.each([
  [{ LIBPROCESS_SSL_ENABLED: "1" }, "LIBPROCESS_SSL_ENABLED needs LIBPROCESS_SSL_KEY_FILE"],
  [{ LIBPROCESS_SSL_ENABLED: "on" }, "LIBPROCESS_SSL_ENABLED=on: write true or false"],
])("%j is refused", async (env, message) => {
  await expect(tlsSettings(env)).rejects.toMatchObject({ code: "usage", message });
});

test("a file that is not there is said", async () => {
  await expect(tlsSettings(on({ LIBPROCESS_SSL_CERT_FILE: "/nowhere" }))).rejects.toMatchObject({
    code: "environment",
    message: expect.stringContaining("LIBPROCESS_SSL_CERT_FILE: cannot read /nowhere"),
  });
});
