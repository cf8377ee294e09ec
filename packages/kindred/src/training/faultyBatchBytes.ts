import { tensorsToBytes } from "../bytes/safetensors.ts";
import { toSavedLabel } from "../evaluation/inference/savedLabels.ts";
import type { FaultyBatch } from "./faultyBatch.ts";
import type { NamedMatrices } from "./weights/namedMatrices.ts";

/**
 * A batch that made NaN or an infinity as the bytes of a safetensors file, to be looked at later, in any framework:
 *
 *     tensors:   inputs, others.0 ... (further columns), embeddings, slopes.embeddings, slopes.reference, slopes.negatives.0 ...,
 *                slopes.parameters.<name>, as far as they were known
 *     metadata:  format, "kindred faulty batch"; batch, JSON of step, epoch, rows, labels, place, message and value
 *
 * A loss that JSON has no number for is a word there: "NaN", "Infinity", "-Infinity".
 *
 *     const { faultyBatch } = await trainer.train({ epochs: 10 });
 *     if (faultyBatch !== null) await writeFile("faulty-batch.safetensors", faultyBatchToBytes(faultyBatch));
 *
 * @returns new bytes; {@link tensorsFromBytes} reads them
 */
export function faultyBatchToBytes(batch: FaultyBatch): Uint8Array<ArrayBuffer> {
  const { inputs, others, embeddings, gradients, step, epoch, rows, labels, place, message, value } = batch;
  const { reference, negatives = [], parameters = {} } = gradients ?? {};
  const tensors: NamedMatrices = {
    inputs,
    ...Object.fromEntries(others.map((column, k) => [`others.${k}`, column])),
    ...(embeddings && { embeddings }),
    ...(gradients && { "slopes.embeddings": gradients.embeddings }),
    ...(reference && { "slopes.reference": reference }),
    ...Object.fromEntries(negatives.map((slope, k) => [`slopes.negatives.${k}`, slope])),
    ...Object.fromEntries(Object.entries(parameters).map(([name, slope]) => [`slopes.parameters.${name}`, slope])),
  };
  const described = {
    step,
    epoch,
    rows: Array.from(rows),
    labels: labels.map(toSavedLabel),
    place,
    message,
    value: value === null || Number.isFinite(value) ? value : String(value),
  };
  return tensorsToBytes(tensors, { format: "kindred faulty batch", batch: JSON.stringify(described) });
}
