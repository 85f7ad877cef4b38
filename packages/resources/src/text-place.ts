export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Line and column, both from 1, of an offset. */
export function placeOf(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

export interface TextPiece {
  readonly text: string;
  readonly offset: number;
}

/** The pieces between semicolons, without blanks around them and without empty ones. */
export function piecesOf(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let offset = 0;
  for (const piece of text.split(";")) {
    const trimmed = piece.trim();
    if (trimmed !== "") pieces.push({ text: trimmed, offset: offset + piece.indexOf(trimmed) });
    offset += piece.length + 1;
  }
  return pieces;
}
