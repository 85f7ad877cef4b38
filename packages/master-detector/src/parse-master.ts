import { parsePid, type Pid } from "@berth/libprocess";
import { MasterDetectorError } from "./errors.ts";

/** An ensemble and the path below which masters put their nodes. */
export interface ZooKeeperTarget {
  readonly kind: "zookeeper";
  /** In the operator's order, each with a port. */
  readonly servers: readonly string[];
  /** From the first slash on, without one at the end. */
  readonly path: string;
  /** `user:password` of the digest scheme. */
  readonly credentials: string | undefined;
}

/** The host may be a name. */
export interface StaticTarget {
  readonly kind: "static";
  readonly pid: Pid;
}

export interface FileTarget {
  readonly kind: "file";
  readonly path: string;
}

export type MasterTarget = StaticTarget | ZooKeeperTarget | FileTarget;

const zooKeeperPort = 2181;

/** What `--master` means. Throws MasterDetectorError `malformed` or `no-path`. Source: wire facts 3. */
export function parseMaster(text: string): MasterTarget {
  const master = text.trim();
  if (master.startsWith("zk://")) return parseZooKeeper(master.slice("zk://".length));
  if (master.startsWith("file://")) {
    const path = master.slice("file://".length);
    if (path.startsWith("/")) return { kind: "file", path };
    throw new MasterDetectorError("malformed", "the path after file:// must be absolute", master);
  }
  if (/^[a-z]+:\/\//i.test(master)) {
    const scheme = master.slice(0, master.indexOf("://"));
    throw new MasterDetectorError(
      "malformed",
      `${scheme}:// is none of host:port, zk:// and file://`,
      `${scheme}://...`,
    );
  }
  const pid = parsePid(master.includes("@") ? master : `master@${master}`);
  if (pid === undefined || pid.id === "" || pid.port === 0) {
    throw new MasterDetectorError("malformed", "a master is host:port, with an IPv4 address or a name", master);
  }
  return { kind: "static", pid };
}

/** As it may be shown: without credentials. */
export function describeTarget(target: MasterTarget): string {
  switch (target.kind) {
    case "static":
      return `${target.pid.host}:${target.pid.port}`;
    case "file":
      return `file://${target.path}`;
    case "zookeeper":
      return `zk://${target.servers.join(",")}${target.path}`;
  }
}

function parseZooKeeper(rest: string): ZooKeeperTarget {
  const slash = rest.indexOf("/");
  const front = slash === -1 ? rest : rest.slice(0, slash);
  const at = front.lastIndexOf("@");
  const credentials = at === -1 ? undefined : front.slice(0, at);
  const path = slash === -1 ? "" : rest.slice(slash).replace(/\/+$/, "");
  // What stands before the last @ may be a part of a password, wherever that is.
  const target = `zk://${rest.slice(rest.lastIndexOf("@") + 1)}`;
  if (path.includes("@")) {
    const why =
      "a zk:// has an @ after its first slash: neither a password with a slash nor a path with an @ can be told";
    throw new MasterDetectorError("malformed", why, target);
  }
  if (credentials !== undefined && !/^[^:]+:./s.test(credentials)) {
    throw new MasterDetectorError("malformed", "credentials in a zk:// are user:password", target);
  }
  const servers = front
    .slice(at + 1)
    .split(",")
    .map((host) => server(host, target));
  if (path === "") {
    throw new MasterDetectorError(
      "no-path",
      "a zk:// needs a path below the root, such as zk://host:2181/mesos",
      target,
    );
  }
  if (!/^(\/(?!\.{1,2}(\/|$))[^/\p{Cc}]+)+$/u.test(path)) {
    throw new MasterDetectorError("malformed", "the path of a zk:// has empty, relative or unreadable parts", target);
  }
  return { kind: "zookeeper", servers, path, credentials };
}

function server(text: string, target: string): string {
  const [, host, port] = /^([^:@/\s]+)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  const number = Number(port ?? zooKeeperPort);
  if (host === undefined || number === 0 || number > 65_535) {
    throw new MasterDetectorError("malformed", "the servers of a zk:// are host:port, separated by commas", target);
  }
  return `${host}:${number}`;
}
