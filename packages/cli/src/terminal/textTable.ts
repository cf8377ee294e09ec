import stringWidth from "string-width";
import { inLine } from "./clean.ts";
import { shorten } from "./wrap.ts";

const INDENT = "  ";
const GAP = "  ";

/**
 * A table in plain text: the first column to the left, the others to the right. Where `width` cells cannot hold it, it becomes
 * several tables, one below the other, each with the first column.
 */
export function textTable(columns: readonly string[], rows: readonly (readonly string[])[], width = Infinity): string {
  const lines = [columns, ...rows].map((cells) => cells.map(inLine));
  const widths = columns.map((_, k) => Math.max(...lines.map((cells) => stringWidth(cells[k]))));
  const widest = Math.max(0, ...widths.slice(1));
  widths[0] = Math.min(widths[0], Math.max(1, width - INDENT.length - GAP.length - widest));
  return groups(widths, width)
    .map((group) => lines.map((cells) => line(cells, widths, group)).join("\n"))
    .join("\n\n");
}

/** The numbers of the columns beside the first that stand in one table each. */
function groups(widths: readonly number[], width: number): number[][] {
  const all: number[][] = [[]];
  let used = INDENT.length + widths[0];
  for (let k = 1; k < widths.length; k++) {
    if (used + GAP.length + widths[k] > width && all.at(-1)!.length > 0) {
      all.push([]);
      used = INDENT.length + widths[0];
    }
    all.at(-1)!.push(k);
    used += GAP.length + widths[k];
  }
  return all;
}

function line(cells: readonly string[], widths: readonly number[], group: readonly number[]): string {
  const first = shorten(cells[0], widths[0]);
  const padding = (text: string, width: number): string => " ".repeat(Math.max(0, width - stringWidth(text)));
  const others = group.map((k) => GAP + padding(cells[k], widths[k]) + cells[k]);
  return (INDENT + first + padding(first, widths[0]) + others.join("")).trimEnd();
}
