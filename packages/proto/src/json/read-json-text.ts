import { printParseErrorCode, visit } from "jsonc-parser";
import type { Fault } from "../fault.ts";
import type { JsonMember, JsonNode, Position } from "./json-node.ts";
import { MAX_JSON_DEPTH } from "./json-node.ts";

export type JsonTextResult =
  | { readonly ok: true; readonly node: JsonNode }
  | { readonly ok: false; readonly fault: Fault };

/** What jsonc-parser's codes mean to a person; InvalidSymbol and the like share one sentence. */
const sentences: Readonly<Record<string, string>> = {
  PropertyNameExpected: "expected a name in double quotes",
  ValueExpected: "expected a value",
  ColonExpected: "expected a colon after the name",
  CommaExpected: "expected a comma",
  CloseBraceExpected: "expected a comma or a closing brace",
  CloseBracketExpected: "expected a comma or a closing bracket",
  EndOfFileExpected: "unexpected text after the end of the value",
  InvalidCommentToken: "JSON has no comments",
  UnexpectedEndOfComment: "JSON has no comments",
  UnexpectedEndOfString: "the string has no closing quote on its line",
  UnexpectedEndOfNumber: "the number ends too early",
  InvalidUnicode: "\\u needs four hexadecimal digits",
  InvalidEscapeCharacter: "the string has an invalid escape sequence",
  InvalidCharacter: "the string has a control character, which must be escaped",
};

class Stop extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

type Open = { readonly at: Position } & (
  | {
      readonly kind: "object";
      readonly members: JsonMember[];
      pending?: { readonly key: string; readonly at: Position };
    }
  | { readonly kind: "array"; readonly items: JsonNode[] }
);

/** Strict JSON (RFC 8259; a leading byte order mark is allowed) with the position of every key and value. */
export function readJsonText(input: string): JsonTextResult {
  const text = input.startsWith("\uFEFF") ? input.slice(1) : input;
  const open: Open[] = [];
  let root: JsonNode | undefined;

  const add = (node: JsonNode): void => {
    const parent = open.at(-1);
    if (parent === undefined) root = node;
    else if (parent.kind === "array") parent.items.push(node);
    else if (parent.pending !== undefined) parent.members.push({ ...parent.pending, value: node });
  };
  const begin = (container: Open): void => {
    if (open.length >= MAX_JSON_DEPTH) throw new Stop(tooDeep(container.at));
    open.push(container);
  };
  const end = (): void => {
    const container = open.pop();
    if (container?.kind === "object") add({ kind: "object", members: container.members, at: container.at });
    else if (container !== undefined) add(container);
  };

  try {
    visit(
      text,
      {
        onObjectBegin: (_offset, _length, line, column) => {
          begin({ kind: "object", members: [], at: position(line, column) });
        },
        onObjectProperty: (key, _offset, _length, line, column) => {
          const parent = open.at(-1);
          if (parent?.kind === "object") parent.pending = { key, at: position(line, column) };
        },
        onObjectEnd: end,
        onArrayBegin: (_offset, _length, line, column) => {
          begin({ kind: "array", items: [], at: position(line, column) });
        },
        onArrayEnd: end,
        onLiteralValue: (value: unknown, offset, length, line, column) => {
          add(literal(value, text.slice(offset, offset + length), position(line, column)));
        },
        onError: (code, offset, _length, line, column) => {
          throw new Stop(syntaxFault(printParseErrorCode(code), text, offset, position(line, column)));
        },
      },
      { disallowComments: true },
    );
  } catch (error) {
    if (error instanceof Stop) return { ok: false, fault: error.fault };
    throw error;
  }
  if (root === undefined)
    return { ok: false, fault: syntaxFault("ValueExpected", text, text.length, { line: 1, column: 1 }) };
  return { ok: true, node: root };
}

function position(line: number, column: number): Position {
  return { line: line + 1, column: column + 1 };
}

function literal(value: unknown, source: string, at: Position): JsonNode {
  if (typeof value === "string") return { kind: "string", text: value, at };
  if (typeof value === "boolean") return { kind: "boolean", value, at };
  return value === null ? { kind: "null", at } : { kind: "number", text: source, at };
}

function syntaxFault(code: string, text: string, offset: number, at: Position): Fault {
  return { path: "", code: "malformed-json", message: `malformed JSON: ${sentence(code, text, offset)}`, ...at };
}

function sentence(code: string, text: string, offset: number): string {
  if (text.trim() === "") return "the text is empty";
  if (offset >= text.length) return "the text ends in the middle of a value";
  const isTrailingComma =
    /[}\]]/.test(text.charAt(offset)) && /,\s*$/.test(text.slice(Math.max(0, offset - 200), offset));
  if (isTrailingComma) return "no comma may stand before a closing brace or bracket";
  return sentences[code] ?? "unexpected character";
}

function tooDeep(at: Position): Fault {
  return { path: "", code: "too-deep", message: `nested deeper than ${MAX_JSON_DEPTH} levels`, ...at };
}
