import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { keptCount } from "../../state/entries.ts";
import type { StateRecord } from "../../state/stateRecord.ts";
import { WeightAverage } from "./weightAverage.ts";

/** Options of {@link MeanAverage}. */
export interface MeanAverageOptions {
  /** The first step whose weights count, >= 1: as a rule at three quarters of the training. Default 1. */
  readonly from?: number;
  /** From then on the weights of every so many-th step that moves something count, >= 1; default 1. */
  readonly every?: number;
}

/**
 * The plain mean of the weights from a step on (stochastic weight averaging):
 *
 *     average = (weights_1 + ... + weights_n) / n
 *
 * Best with a learning rate that does not fall to 0, so that the weights differ.
 *
 * @throws TypeError or RangeError when an option is unknown or out of bounds
 *
 * Source: Izmailov et al., "Averaging weights leads to wider optima and better generalization" (UAI 2018).
 */
export class MeanAverage extends WeightAverage {
  readonly name = "MeanAverage";
  readonly #from: number;
  readonly #every: number;
  /** Steps since the first that counts. */
  #seen = 0;

  constructor(options?: MeanAverageOptions) {
    super();
    const { from, every } = withDefaults<Required<MeanAverageOptions>>(options, { from: 1, every: 1 }, "MeanAverage");
    this.#from = checkNumber(from, "from", { atLeast: 1, integer: true });
    this.#every = checkNumber(every, "every", { atLeast: 1, integer: true });
  }

  protected override isWanted(step: number): boolean {
    return step >= this.#from && this.#seen++ % this.#every === 0;
  }

  protected shareAfter(taken: number): number {
    return 1 / (taken + 1);
  }

  protected override get further(): StateRecord {
    return { seen: keptCount({ get: () => this.#seen, set: (seen) => (this.#seen = seen) }) };
  }
}
