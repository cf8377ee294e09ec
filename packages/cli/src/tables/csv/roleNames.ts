import { refuseTwice } from "../columns/columnNames.ts";

/** Names of a column that is taken for the labels when none is named, the first first. */
const labelNames = ["label", "labels", "class", "category", "target", "species", "class_name", "y"];
/** Names of columns that tell the same as the labels do. */
const labelTwins = /^(label|class|category|target)s?([ _-]?(id|idx|index|no|code|name|text))?$/i;
const idNames = [
  /^(id|ids|uid|uuid|guid|oid|.*[ _-](id|uuid|guid)|unnamed: ?\d+)$/i,
  /^[a-z][a-zA-Z0-9]*(Id|ID|Uuid|UUID)$/,
] as const;
/** Names of a column that tells rows apart when no two of its cells are alike; else it may be a measure. */
const possibleIdNames =
  /^(key|index|idx|row|row[ _-]?(no|nr|num|number|index)|no\.?|nr\.?|#|number|code|sku|name|file|file[ _-]?name|path|url)$/i;

/** Whether a word names a column of labels or identifiers wherever it stands. */
export function isRoleName(word: string): boolean {
  return labelNames.slice(0, -1).includes(word.toLowerCase()) || isIdName(word);
}

/**
 * The column with a label's name; null when there is none.
 *
 * @param open places that are looked at
 * @throws InputError when two have the same
 */
export function labelByName(path: string, names: readonly string[], open: readonly number[]): number | null {
  const lower = names.map((name) => name.toLowerCase());
  for (const name of labelNames) {
    // y beside x is a coordinate
    if (name === "y" && lower.includes("x")) continue;
    const found = open.filter((k) => lower[k] === name);
    if (found.length > 1) refuseTwice(path, names[found[0]], found);
    if (found.length === 1) return found[0];
  }
  return null;
}

/** Whether a column of this name tells rows apart. */
export function isIdName(name: string): boolean {
  return idNames.some((names) => names.test(name));
}

/** Whether a column of this name tells rows apart where no two of its cells are alike. */
export function mayBeIdName(name: string): boolean {
  return possibleIdNames.test(name);
}

/** Whether a column beside the labels tells the same as they do, by its name. */
export function isLabelTwin(name: string): boolean {
  return labelTwins.test(name);
}
