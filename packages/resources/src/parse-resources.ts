import { parseMessage } from "@berth/proto";
import { Offer_Operation_Unreserve as ListOfResources, type Resource } from "@berth/proto/v1";
import { ResourcesError } from "./errors.ts";
import { parseValue } from "./parse-value.ts";
import { toPostReservationRefinement, withReservations } from "./reservations.ts";
import { piecesOf, placeOf, type TextPiece } from "./text-place.ts";
import { resourceFault } from "./validate-resources.ts";

/**
 * Reads `cpus:4;mem:1024;ports:[31000-32000];disks:{a,b};cpus(eng):2`, or a JSON array of Resource in either reservation format.
 * Those without a role get `defaultRole` (`*` when absent). Returns them as they were given, in post-reservation-refinement format, the
 * ones that hold nothing (`gpus:0`) too: who writes one wants none detected. Throws ResourcesError `malformed-resources`.
 */
export function parseResources(text: string, options: { readonly defaultRole?: string | undefined } = {}): Resource[] {
  const defaultRole = options.defaultRole ?? "*";
  return text.trimStart().startsWith("[") ? parseJson(text, defaultRole) : parseText(text, defaultRole);
}

function parseText(text: string, defaultRole: string): Resource[] {
  return piecesOf(text).map((piece) => {
    const fail = (what: string, offset: number) =>
      new ResourcesError("malformed-resources", what, placeOf(text, piece.offset + offset));
    const colon = piece.text.indexOf(":");
    if (colon === -1) throw fail(`${piece.text} has no value; a resource is written cpus:4`, 0);
    const secondColon = piece.text.indexOf(":", colon + 1);
    if (secondColon !== -1) throw fail("a resource has one : only; several are divided by ;", secondColon);
    const { name, role } = parseName({ text: piece.text.slice(0, colon), offset: 0 }, fail);
    const parsed = parseValue(piece.text.slice(colon + 1));
    if (!parsed.ok) throw fail(`${name}: ${parsed.what}`, colon + 1 + parsed.offset);
    const { type, scalar, ranges, set } = parsed.value;
    if (type === "TEXT") {
      throw fail(
        `${name}: ${parsed.value.text?.value} is neither a number, nor ranges [1-2], nor a set {a,b}`,
        colon + 1,
      );
    }
    const resource = reserveFor(
      { name, type, ...(scalar && { scalar }), ...(ranges && { ranges }), ...(set && { set }) },
      role ?? defaultRole,
    );
    const fault = resourceFault(resource);
    if (fault !== undefined) throw fail(fault, 0);
    return resource;
  });
}

function parseName(
  { text }: TextPiece,
  fail: (what: string, offset: number) => ResourcesError,
): { name: string; role: string | undefined } {
  const open = text.indexOf("(");
  const close = text.indexOf(")");
  const name = (open === -1 ? text : text.slice(0, open)).trim();
  if (open === -1 && close !== -1) throw fail(") closes nothing", close);
  if (name === "") throw fail("the resource has no name", 0);
  if (open === -1) return { name, role: undefined };
  if (close < open) throw fail("( is not closed", open);
  if (text.slice(close + 1).trim() !== "") throw fail("more stands after the role", close + 1);
  return { name, role: text.slice(open + 1, close) };
}

function parseJson(text: string, defaultRole: string): Resource[] {
  // The array becomes the one field of a message, with a line of its own before it, so that places need one subtraction only.
  const parsed = parseMessage(ListOfResources, `{"resources":\n${text}\n}`);
  if (!parsed.ok) {
    const { path, message, line = 2, column = 1 } = parsed.faults[0];
    const where = path.replace(/^resources/, "");
    throw new ResourcesError("malformed-resources", where === "" ? message : `${where}: ${message}`, {
      line: line - 1,
      column,
    });
  }
  return (parsed.value.resources ?? []).map((given, index) => {
    const hasRole = given.role !== undefined || (given.reservations ?? []).length > 0;
    const fault = resourceFault(given) ?? (hasRole ? undefined : resourceFault({ ...given, role: defaultRole }));
    if (fault !== undefined) {
      throw new ResourcesError("malformed-resources", `[${index}]: ${fault}`, placeOf(text, text.indexOf("[")));
    }
    return toPostReservationRefinement([hasRole ? given : { ...given, role: defaultRole }])[0]!;
  });
}

function reserveFor(resource: Resource, role: string): Resource {
  return role === "*" ? resource : withReservations(resource, [{ type: "STATIC", role }]);
}
