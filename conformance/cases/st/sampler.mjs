// Cases of sentence-transformers' batch samplers: one epoch, whose properties are looked at.
import { GroupByLabelSampler, NoDuplicatesSampler, ProportionalSampler, RoundRobinSampler } from "kindred";

const makers = {
  GroupByLabelBatchSampler: ({ labels, options }) => new GroupByLabelSampler(labels, options),
  NoDuplicatesBatchSampler: ({ values, options }) => orNone(() => new NoDuplicatesSampler(values, options)),
  ProportionalBatchSampler: ({ datasetSizes, options }) => several(ProportionalSampler, datasetSizes, options),
  RoundRobinBatchSampler: ({ datasetSizes, options }) => several(RoundRobinSampler, datasetSizes, options),
};

/** An epoch of a sampler. */
export function sampler(given) {
  const make = makers[given.class];
  if (make === undefined) throw new Error(`kindred has no sampler for ${given.class}`);
  const made = make(given);
  return { batches: made === null ? [] : Array.from(made.epoch(), (batch) => Array.from(batch)) };
}

/** Several data sets. kindred refuses one without a batch: in turn it ends the epoch at once, in proportion it is left out. */
function several(Sampler, sizes, { batchSize, dropLast }) {
  const isEmpty = (rows) => dropLast && rows < batchSize;
  if (Sampler === RoundRobinSampler && sizes.some(isEmpty)) return null;
  if (sizes.every(isEmpty)) return null;
  // rows are numbered through, also those of a data set that has no batch
  const starts = sizes.map((_, d) => sizes.slice(0, d).reduce((sum, size) => sum + size, 0));
  const kept = sizes.flatMap((rows, d) => (isEmpty(rows) ? [] : [{ rows, start: starts[d] }]));
  const places = kept.flatMap(({ rows, start }) => Array.from({ length: rows }, (_, row) => start + row));
  const made = new Sampler(kept.map(({ rows }) => ({ rows })), { batchSize, dropLast }); // prettier-ignore
  return { epoch: () => [...made.epoch()].map((batch) => batch.map((row) => places[row])) };
}

/** kindred refuses a sampler that would give no batch at all; the library gives an epoch of none. */
function orNone(make) {
  try {
    return make();
  } catch (error) {
    if (/no batch is left/.test(error.message)) return null;
    throw error;
  }
}
