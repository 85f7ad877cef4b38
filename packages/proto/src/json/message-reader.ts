import type { FieldKind, FieldShape, MessageShape } from "../descriptors/message-shape.ts";
import type { Fault, FaultCode } from "../fault.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { JsonMember, JsonNode, Position } from "./json-node.ts";
import { describeNode } from "./json-node.ts";
import { joinIndex, joinKey } from "./json-path.ts";
import { readScalar, readText } from "./read-scalar.ts";

export type UnknownPolicy = "refuse" | "ignore";

type Message = Record<string, unknown>;

/** One JSON object on its way to a message. */
interface Reading {
  readonly shape: MessageShape;
  readonly path: string;
  readonly message: Message;
  readonly givenAs: Map<FieldShape, JsonMember>;
  /** Fields whose name was probably misspelt: one fault each is enough. */
  readonly meant: Set<FieldShape>;
}

/** With up to this many, an enum's values are listed when no suggestion fits. */
const MAX_LISTED_VALUES = 12;

/** Reads JSON nodes by the shape of a message and gathers every fault instead of stopping at the first. */
export class MessageReader {
  readonly faults: Fault[] = [];
  readonly #unknown: UnknownPolicy;
  readonly #mayLack: ReadonlySet<string>;

  /** @param mayLack names of required fields of the outermost message that may be missing */
  constructor(unknown: UnknownPolicy, mayLack: ReadonlySet<string>) {
    this.#unknown = unknown;
    this.#mayLack = mayLack;
  }

  /** A value that had a fault is left out of the result. */
  read(shape: MessageShape, node: JsonNode, path: string): Message {
    const message: Message = {};
    if (node.kind !== "object") {
      this.#fault(path, node.at, "wrong-type", `expected an object (${shape.typeName}), got ${describeNode(node)}`);
      return message;
    }
    const reading: Reading = { shape, path, message, givenAs: new Map(), meant: new Set() };
    for (const member of node.members) this.#readMember(reading, member);
    for (const field of shape.fields) if (field.cardinality === "required") this.#checkGiven(reading, field, node.at);
    return message;
  }

  #readMember(reading: Reading, member: JsonMember): void {
    const path = joinKey(reading.path, member.key);
    const field = reading.shape.byJsonName.get(member.key);
    if (field === undefined) {
      if (this.#unknown === "refuse") this.#unknownField(reading, member, path);
      return;
    }
    const earlier = reading.givenAs.get(field);
    if (earlier !== undefined && this.#unknown === "refuse") {
      const how = earlier.key === member.key ? "given twice" : `already given as ${earlier.key}`;
      this.#fault(path, member.at, "duplicate-field", how);
      return;
    }
    reading.givenAs.set(field, member);
    delete reading.message[field.key];
    if (member.value.kind === "null") return;
    if (field.oneof !== undefined) this.#settleOneof(reading, field, member, path);
    const value = this.#readField(field, member.value, path);
    if (value !== undefined) reading.message[field.key] = value;
  }

  #settleOneof(reading: Reading, field: FieldShape, member: JsonMember, path: string): void {
    for (const other of reading.shape.fields) {
      if (other === field || other.oneof !== field.oneof || reading.message[other.key] === undefined) continue;
      if (this.#unknown === "ignore") delete reading.message[other.key];
      else this.#fault(path, member.at, "oneof-conflict", `only one of ${other.name} and ${field.name} may be given`);
    }
  }

  #checkGiven(reading: Reading, field: FieldShape, at: Position | undefined): void {
    if (reading.meant.has(field) || (reading.path === "" && this.#mayLack.has(field.name))) return;
    const given = reading.givenAs.get(field);
    if (given !== undefined && given.value.kind !== "null" && !this.#isIgnoredEnum(field, given.value)) return;
    const why = given === undefined ? "required field is missing" : "required field is not set";
    this.#fault(joinKey(reading.path, given?.key ?? field.name), given?.at ?? at, "missing-field", why);
  }

  #readField(field: FieldShape, node: JsonNode, path: string): unknown {
    if (field.cardinality === "repeated") return this.#readList(field.type, node, path);
    if (field.cardinality === "map") return this.#readMap(field.type, node, path);
    return this.#readOne(field.type, node, path);
  }

  #readList(type: FieldKind, node: JsonNode, path: string): unknown[] | undefined {
    if (node.kind !== "array") {
      this.#fault(path, node.at, "wrong-type", `expected a list, got ${describeNode(node)}`);
      return undefined;
    }
    const values = node.items.map((item, index) => this.#readOne(type, item, joinIndex(path, index)));
    const known = values.filter((value) => value !== undefined);
    // Protobuf does not tell an empty list from none.
    return known.length === 0 ? undefined : known;
  }

  #readMap(type: FieldKind, node: JsonNode, path: string): Message | undefined {
    if (node.kind !== "object") {
      this.#fault(path, node.at, "wrong-type", `expected an object, got ${describeNode(node)}`);
      return undefined;
    }
    const map: Message = {};
    for (const member of node.members) {
      const entryPath = joinKey(path, member.key);
      const key = readText(member.key);
      if (!key.ok) this.#fault(entryPath, member.at, key.code, key.message);
      if (Object.hasOwn(map, member.key) && this.#unknown === "refuse") {
        this.#fault(entryPath, member.at, "duplicate-field", "given twice");
      }
      const value = this.#readOne(type, member.value, entryPath);
      // A plain assignment would take the key "__proto__" for something else.
      Object.defineProperty(map, member.key, { value, enumerable: true, configurable: true, writable: true });
    }
    return node.members.length === 0 ? undefined : map;
  }

  #readOne(type: FieldKind, node: JsonNode, path: string): unknown {
    if (type.kind === "message") return this.read(type.shape(), node, path);
    if (type.kind === "enum") return this.#readEnum(type, node, path);
    const result = readScalar(type.scalar, node);
    if (result.ok) return result.value;
    this.#fault(path, node.at, result.code, result.message);
    return undefined;
  }

  #readEnum(type: Extract<FieldKind, { kind: "enum" }>, node: JsonNode, path: string): string | undefined {
    if (node.kind !== "string") {
      const message = `expected the name of a value of ${type.enumName}, got ${describeNode(node)}`;
      this.#fault(path, node.at, "wrong-type", message);
      return undefined;
    }
    if (type.values.has(node.text)) return node.text;
    if (this.#unknown === "ignore") return undefined;
    const values = [...type.values];
    const suggestion = didYouMean(node.text, values);
    const listed = values.length <= MAX_LISTED_VALUES ? `, expected ${values.join(", ")}` : "";
    const hint = suggestion === undefined ? listed : `, did you mean ${suggestion}?`;
    const message = `unknown value ${JSON.stringify(node.text)} of ${type.enumName}${hint}`;
    this.#fault(path, node.at, "unknown-enum-value", message, suggestion);
    return undefined;
  }

  #unknownField(reading: Reading, member: JsonMember, path: string): void {
    const camelCase = /[A-Z]/.test(member.key) && !member.key.includes("_");
    const names = reading.shape.fields.map((field) => (camelCase ? field.key : field.name));
    const suggestion = didYouMean(member.key, names);
    const field = suggestion === undefined ? undefined : reading.shape.byJsonName.get(suggestion);
    if (field !== undefined) reading.meant.add(field);
    const hint = suggestion === undefined ? "" : `, did you mean ${suggestion}?`;
    this.#fault(path, member.at, "unknown-field", `unknown field${hint}`, suggestion);
  }

  #isIgnoredEnum(field: FieldShape, node: JsonNode): boolean {
    if (this.#unknown === "refuse" || field.type.kind !== "enum") return false;
    return node.kind === "string" && !field.type.values.has(node.text);
  }

  #fault(path: string, at: Position | undefined, code: FaultCode, message: string, suggestion?: string): void {
    this.faults.push({ path, code, message, ...(suggestion === undefined ? {} : { suggestion }), ...at });
  }
}
