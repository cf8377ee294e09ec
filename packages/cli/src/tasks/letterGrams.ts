import type { Matrix } from "kindred";

/**
 * A text as a vector of length 1: its pieces of `sizes` letters, word borders included, each counted in the column that
 * its hash names. Capitals and accents count as their plain letters.
 *
 * @param columns of the vectors
 */
export function letterGrams(texts: readonly string[], columns: number, sizes: readonly number[] = [2, 3]): Matrix {
  const data = new Float32Array(texts.length * columns);
  texts.forEach((text, i) => {
    const row = data.subarray(i * columns, (i + 1) * columns);
    const plain = ` ${text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "")} `;
    for (const size of sizes) {
      for (let k = 0; k + size <= plain.length; k++) row[hash(plain, k, size) % columns]++;
    }
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    if (norm > 0) for (let k = 0; k < columns; k++) row[k] /= norm;
  });
  return { data, rows: texts.length, cols: columns };
}

/** FNV-1a of a piece of the text, its bits mixed once more because the columns take the lowest. */
function hash(text: string, start: number, size: number): number {
  let h = 0x811c9dc5;
  for (let k = start; k < start + size; k++) h = Math.imul(h ^ text.charCodeAt(k), 0x01000193);
  h ^= h >>> 15;
  return Math.imul(h, 0x2c1b3c6d) >>> 0;
}
