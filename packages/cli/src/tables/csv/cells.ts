/** What stands for a value that is not known, in lower case. */
const missing = new Set(["", "na", "n/a", "#n/a", "#na", "<na>", "nan", "-nan", "null", "none", "?"]);

const [NINE, SPACE] = [57, 32];

/** Whether a cell says that its value is not known: empty, NA, NaN, null and the like. */
export function isMissing(cell: string): boolean {
  return cell.length < 10 && missing.has(cell.trim().toLowerCase());
}

/** The number that a cell holds, in decimal digits; NaN when it holds none. */
export function toNumber(cell: string): number {
  const value = Number(cell);
  if (value === 0 && cell.trim() === "") return NaN;
  // 0x1F, 0b1 and 0o7 are numbers to JavaScript alone
  const isPlain = cell.charCodeAt(1) <= NINE && cell.charCodeAt(0) > SPACE;
  return isPlain || cell.length < 2 || !/^\s*0[xbo]/i.test(cell) ? value : NaN;
}

/** Whether a cell is neither a number nor a missing one. */
export function isWord(cell: string): boolean {
  return Number.isNaN(toNumber(cell)) && !isMissing(cell);
}
