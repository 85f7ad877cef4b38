import { randomInt } from "node:crypto";

/**
 * An address of this machine that nobody else uses. A server that is to come back to its port needs one: on 127.0.0.1 an outgoing connection
 * may have taken the port meanwhile.
 */
export function ownAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
}
