import stringWidth from "string-width";
import { bar } from "./chart.ts";
import { shorten } from "./wrap.ts";

const MOST_CELLS = 24;
const FEWEST_CELLS = 8;
const INDENT = "  ";

/**
 * How far something is, in a line of at most `width` cells: a bar and fields. Where there is little room the bar becomes
 * shorter, then the last fields are left out, then the bar.
 *
 * @param share 0 .. 1; @param fields the one that matters most first
 */
export function progressLine(share: number, fields: readonly string[], width: number): string {
  for (let shown = fields.length; shown > 0; shown--) {
    const text = fields.slice(0, shown).join(" | ");
    const room = width - INDENT.length - 1 - stringWidth(text);
    if (room >= FEWEST_CELLS) return `${INDENT}${filled(share, Math.min(MOST_CELLS, room))} ${text}`;
  }
  return shorten(`${INDENT}${fields[0]}`, width);
}

function filled(share: number, cells: number): string {
  return bar(share, cells).padEnd(cells, "░");
}
