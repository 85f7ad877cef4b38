import type { BenchResult } from "./result.ts";

/** The results as one table in plain text. */
export function renderTable(results: readonly BenchResult[]): string {
  const rows = [
    ["what", "unit", "ours", "reference", "ratio", "runs", "aim"],
    ...results.map((each) => [
      each.name,
      each.unit,
      digits(each.ours),
      each.reference === null ? "" : digits(each.reference),
      each.ratio === null ? "" : each.ratio.toFixed(2),
      String(each.runs),
      each.aim,
    ]),
  ];
  const widths = rows[0]?.map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function digits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
