/** A table in plain text: the first column to the left, the others to the right, two spaces in between. */
export function textTable(columns: readonly string[], rows: readonly (readonly string[])[], indent = "  "): string {
  const widths = columns.map((name, k) => Math.max(name.length, ...rows.map((row) => row[k].length)));
  const line = (cells: readonly string[]): string =>
    (
      indent + cells.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join("  ")
    ).trimEnd();
  return [columns, ...rows].map(line).join("\n");
}
