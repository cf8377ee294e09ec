import { keptCount } from "../../state/entries.ts";
import type { StateRecord } from "../../state/stateRecord.ts";
import { KeptByWeights } from "./keptByWeights.ts";
import { copyAll, keptNamedMatrices, type NamedMatrices, pairUp } from "./namedMatrices.ts";

/**
 * An average of a model's weights over the steps of a training: {@link ExponentialAverage}, {@link MeanAverage}.
 *
 *     average += share (weights - average),   the first weights taken as they are
 */
export abstract class WeightAverage extends KeptByWeights {
  #weights: NamedMatrices | null = null;
  #taken = 0;

  /** The averaged weights by name, live; null before the first are taken. */
  get weights(): NamedMatrices | null {
    return this.#weights;
  }

  /** How often weights were taken. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Shows it the weights after a step.
   *
   * @param weights of the same names and shapes each time
   * @param step of the training, 1, 2 ...
   * @throws RangeError when names or shapes are others
   */
  add(weights: NamedMatrices, step: number): void {
    if (this.isWanted(step)) this.#take(weights);
  }

  /** Whether the weights of this step are taken. */
  protected isWanted(_step: number): boolean {
    return true;
  }

  /** What share the next weights have in the average. @param taken how often weights were taken before, 1, 2 ... */
  protected abstract shareAfter(taken: number): number;

  /** What it keeps besides the average. */
  protected get further(): StateRecord {
    return {};
  }

  #take(weights: NamedMatrices): void {
    if (this.#weights === null) this.#weights = copyAll(weights);
    else {
      const share = this.shareAfter(this.#taken);
      for (const { parameter, partner } of pairUp(this.#weights, weights, "weight"))
        for (let k = 0; k < parameter.data.length; k++)
          parameter.data[k] += share * (partner.data[k] - parameter.data[k]);
    }
    this.#taken++;
  }

  protected override record(like?: NamedMatrices): StateRecord {
    return {
      weights: keptNamedMatrices({ get: () => this.#weights, set: (weights) => (this.#weights = weights) }, like),
      taken: keptCount({ get: () => this.#taken, set: (taken) => (this.#taken = taken) }),
      ...this.further,
    };
  }
}
