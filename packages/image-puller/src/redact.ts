import type { RegistryAuth } from "@berth/engine-client";

/** A function that takes the credentials, and what else a URL may give away, out of somebody else's words. */
export function redactor(auth: RegistryAuth | undefined): (words: string) => string {
  const secrets = auth === undefined ? [] : secretsOf(auth);
  return (words) => {
    let text = words;
    for (const secret of secrets) text = text.replaceAll(secret, "***");
    return text
      .replaceAll(/(\w+:\/\/)[^/@\s"]+@/g, "$1***@")
      .replaceAll(/(\w+:\/\/[^\s"?]+)\?[^\s"]+/g, "$1?***")
      .replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, "$1 ***");
  };
}

function secretsOf(auth: RegistryAuth): string[] {
  const { username = "", password = "" } = auth;
  const forms = [
    password,
    auth.auth ?? "",
    auth.identitytoken ?? "",
    auth.registrytoken ?? "",
    password === "" ? "" : Buffer.from(`${username}:${password}`).toString("base64"),
  ];
  const all = forms.flatMap((form) => [form, encodeURIComponent(form), JSON.stringify(form).slice(1, -1)]);
  // Of two that overlap the longer one goes first. A single letter in every word would leave nothing to read.
  return [...new Set(all)].filter((form) => form.length > 2).sort((a, b) => b.length - a.length);
}
