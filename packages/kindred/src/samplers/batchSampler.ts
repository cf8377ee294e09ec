import type { Loading } from "../state/loading.ts";

/** Plain data that a sampler goes on from; JSON can hold it. `kind` is the sampler's name. */
export type SamplerState = Readonly<Record<string, number | string | readonly number[]>>;

/** Says which samples make each batch. */
export interface BatchSampler {
  readonly name: string;
  /** Samples in a batch; the last one of an epoch may be shorter where the sampler says so. */
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  /** The batches of the next epoch, one after the other: rows of the data set. */
  epoch(): IterableIterator<Int32Array>;
  /** Where the sampler stands, between two batches too. A Trainer asks for it before every batch. */
  state(): SamplerState;
  /**
   * Goes on from a saved state, with the same batches as if it had never stopped; one that is refused changes nothing.
   *
   * @throws TypeError, RangeError when it is not this sampler's
   */
  load(state: SamplerState): void;
  /** Checks a state and changes nothing before it is taken. */
  prepareLoad?(state: SamplerState): Loading;
}
