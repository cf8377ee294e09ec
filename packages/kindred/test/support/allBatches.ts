/** A batch as the classes of its samples. */
export type Batch = readonly number[];

/** The class of each sample of classes of these sizes. */
export function codesOfSizes(sizes: readonly number[]): number[] {
  return sizes.flatMap((size, c) => Array.from({ length: size }, () => c));
}

/** All batches of n samples: every set of them, or every sequence of them where samples are put back. */
function allBatches(sizes: readonly number[], n: number, withReplacement: boolean): Batch[] {
  const codes = codesOfSizes(sizes);
  const batches: number[][] = [];
  const extend = (batch: number[], from: number): void => {
    if (batch.length === n) return void batches.push(batch);
    for (let i = from; i < codes.length; i++) extend([...batch, codes[i]], withReplacement ? 0 : i + 1);
  };
  extend([], 0);
  return batches;
}

/** How many places of the batch each class takes. */
export function placesOf(batch: Batch, classes: number): number[] {
  return Array.from({ length: classes }, (_, c) => batch.filter((code) => code === c).length);
}

/** Unordered pairs of places of one class. */
export function pairsOf(batch: Batch): number {
  return batch.reduce((sum, code, i) => sum + batch.slice(0, i).filter((other) => other === code).length, 0);
}

/** Places that share their class with another. */
export function liveOf(batch: Batch): number {
  return batch.filter((code, i) => batch.some((other, j) => j !== i && other === code)).length;
}

/** The share of batches that pass. */
export function shareOfBatches(batches: readonly Batch[], test: (batch: Batch) => boolean): number {
  return batches.filter(test).length / batches.length;
}

/** Every list of class sizes, largest first, of at most `most` samples in all. */
function allClassSizes(most: number): number[][] {
  const lists: number[][] = [];
  const extend = (sizes: number[], left: number, largest: number): void => {
    if (sizes.length > 0) lists.push(sizes);
    for (let size = Math.min(left, largest); size >= 1; size--) extend([...sizes, size], left - size, size);
  };
  extend([], most, most);
  return lists;
}

/** Every small case: class sizes, batch size, and its batches, with and without replacement. */
export function allSmallCases(): { sizes: number[]; n: number; withReplacement: boolean; batches: Batch[] }[] {
  const cases = (most: number, withReplacement: boolean, largest: (samples: number) => number) =>
    allClassSizes(most).flatMap((sizes) => {
      const samples = sizes.reduce((sum, size) => sum + size, 0);
      return Array.from({ length: largest(samples) }, (_, k) => ({
        sizes,
        n: k + 1,
        withReplacement,
        batches: allBatches(sizes, k + 1, withReplacement),
      }));
    });
  return [...cases(7, false, (samples) => samples), ...cases(4, true, () => 5)];
}
