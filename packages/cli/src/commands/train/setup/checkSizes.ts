import { InputError } from "../../../door/inputError.ts";
import { checkEntries } from "../../../door/mostEntries.ts";
import type { SizedOptions } from "../options/trainOptions.ts";

/** More steps than this end in no lifetime. */
const MOST_STEPS = 1e9;

/** @throws InputError when the flags ask for a head or batches that no memory holds; known before anything is allocated */
export function checkSizes({ hidden, size, batchSize, chunkSize }: SizedOptions, columns: number): void {
  const widths = [columns, ...hidden, size];
  const remedy = hidden.length > 0 ? "give smaller --hidden layers or a smaller --size" : "give a smaller --size";
  for (let layer = 1; layer < widths.length; layer++)
    checkEntries(widths[layer - 1], widths[layer], { what: `layer ${layer} of the head`, remedy });
  checkEntries(batchSize, size, { what: "the embeddings of a batch", remedy: "give a smaller --size or --batch-size" });
  for (const width of hidden)
    checkEntries(Math.min(batchSize, chunkSize ?? Infinity), width, { what: "a hidden layer of a batch", remedy });
}

/** @throws InputError when there would be more steps than anybody waits for */
export function checkSteps(steps: number): void {
  if (steps <= MOST_STEPS) return;
  throw new InputError(`${steps.toLocaleString("en-US")} steps would never end; give fewer --steps or --epochs`);
}
