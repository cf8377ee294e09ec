import type { Batch } from "./batch.ts";

/** Refuses a batch without labels. @throws TypeError */
export function requireLabels(owner: string, { codes }: Batch): void {
  if (codes === null) throw new TypeError(`${owner} needs labels; give one a row`);
}

/** Refuses a reference whose rows have no labels. @throws TypeError */
export function requireReferenceLabels(owner: string, { referenceCodes }: Batch): void {
  if (referenceCodes === null)
    throw new TypeError(`${owner} was given a reference without referenceLabels; each of its rows needs one label`);
}

/** Refuses a reference. @throws TypeError */
export function refuseReference(owner: string, { reference }: Batch): void {
  if (reference !== null)
    throw new TypeError(`${owner} compares the batch with itself; it was given a reference, leave it out`);
}

/** Refuses tuples. @throws TypeError */
export function refuseTuples(owner: string, { tuples }: Batch): void {
  if (tuples !== null) throw new TypeError(`${owner} takes all pairs; it was given tuples, leave them out`);
}
