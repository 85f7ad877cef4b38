/** As in `--credential`. Sent as basic authentication with every request. */
export interface Credential {
  readonly principal: string;
  readonly secret: string;
}

export function authorization(credential: Credential | undefined): Readonly<Record<string, string>> {
  if (credential === undefined) return {};
  const pair = Buffer.from(`${credential.principal}:${credential.secret}`).toString("base64");
  return { authorization: `Basic ${pair}` };
}
