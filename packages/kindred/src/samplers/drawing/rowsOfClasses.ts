import { encodeLabels, type Labels } from "../../matrix/labels.ts";

/** The rows of each class, in order of the class's first appearance. */
export function rowsOfClasses(labels: Labels): Int32Array[] {
  const { codes, classes } = encodeLabels(labels, "labels");
  const counts = new Int32Array(classes.length);
  for (const code of codes) counts[code]++;
  const rows = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  codes.forEach((code, row) => (rows[code][counts[code]++] = row));
  return rows;
}
