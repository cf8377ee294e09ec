/** Plain data that a sampler goes on from; JSON can hold it. */
export type SamplerState = Readonly<Record<string, number | readonly number[]>>;

/** Says which samples make each batch. */
export interface BatchSampler {
  readonly name: string;
  /** Samples in a batch; the last one of an epoch may be shorter where the sampler says so. */
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  /** The batches of the next epoch, one after the other: rows of the data set. */
  epoch(): IterableIterator<Int32Array>;
  /** Where the sampler stands, between two batches too. */
  state(): SamplerState;
  /** Goes on from a saved state, with the same batches as if it had never stopped. */
  load(state: SamplerState): void;
}
