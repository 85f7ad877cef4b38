/** The ends of a connection; unknown when it is gone. */
export interface ConnectionEnds {
  readonly remoteAddress?: string | undefined;
  readonly localAddress?: string | undefined;
}

/** Whether a connection comes from this machine: then it has one address at both ends, unless it is one of loopback. */
export function fromThisMachine({ remoteAddress, localAddress }: ConnectionEnds): boolean {
  const remote = plainAddress(remoteAddress);
  return (
    remote !== undefined && (remote === plainAddress(localAddress) || remote === "::1" || remote.startsWith("127."))
  );
}

/** An address of IPv4 as such, also when a socket of IPv6 has it. */
export function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:/i, "");
}
