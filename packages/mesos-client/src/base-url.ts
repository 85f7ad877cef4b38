import { MesosClientError } from "./errors.ts";

/**
 * `host:port`, `http://host:port` or `https://host:port/below`, without a slash at its end. Throws MesosClientError
 * `invalid-address`. A password in the address is refused: it would end up in messages.
 */
export function baseUrl(address: string): string {
  const refuse = (why: string): never => {
    throw new MesosClientError("invalid-address", `${why}; write host:port, or a http or https URL`);
  };
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(text)) return refuse(`${JSON.stringify(address)} is no address of a Mesos master or agent`);
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return refuse(`${url.protocol}// is not spoken here`);
  if (url.username !== "" || url.password !== "") return refuse("the address holds a user or a password");
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
