export interface FtpTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly secure: boolean;
  /** Relative to the folder after login; absolute when the URL has `//` or `%2F` there. */
  readonly path: string;
}

/** An ftp or ftps URL in parts: anonymous without userinfo, port 21, for ftps (implicit TLS) 990. */
export function ftpTarget(text: string): FtpTarget {
  const url = new URL(text);
  const secure = url.protocol === "ftps:";
  const anonymous = url.username === "";
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 990 : 21) : Number(url.port),
    user: anonymous ? "anonymous" : decodeURIComponent(url.username),
    password: anonymous ? "berth@" : decodeURIComponent(url.password),
    secure,
    path: decodeURIComponent(url.pathname.slice(1)),
  };
}
