import { checkNumber, checkOneOf, withDefaults } from "../../matrix/checks.ts";
import { WeightAverage } from "./weightAverage.ts";

/** Options of {@link ExponentialAverage}. */
export interface ExponentialAverageOptions {
  /** Share of the average that is kept in a step, 0 <= decay < 1; default 0.999: the last 1000 steps or so. */
  readonly decay?: number;
  /** Whether the decay rises from 0, so that the first weights, which are far from the last, are soon forgotten. Default true. */
  readonly warmUp?: boolean;
}

/**
 * Averages weights so that those of earlier steps count less and less:
 *
 *     average = decay_t average + (1 - decay_t) weights
 *     decay_t = decay, or with a warm-up min(decay, 1 - (1 + t)^(-2/3)), t = 0, 1 ... for the weights taken
 *
 * The same numbers as those of torch.optim.swa_utils (get_ema_avg_fn) without the warm-up, and of timm's ModelEmaV3 with it.
 *
 *     const average = new ExponentialAverage({ decay: 0.99 });
 *     const trainer = new Trainer({ model, loss, sampler, data, average });
 *     await trainer.train({ epochs: 10 });
 *     trainer.useAverage();
 *
 * @throws TypeError or RangeError when an option is unknown or out of bounds
 *
 * Source: Tarvainen and Valpola, "Mean teachers are better role models" (NeurIPS 2017).
 */
export class ExponentialAverage extends WeightAverage {
  readonly name = "ExponentialAverage";
  readonly #decay: number;
  readonly #isWarmingUp: boolean;

  constructor(options?: ExponentialAverageOptions) {
    super();
    const defaults = { decay: 0.999, warmUp: true };
    const { decay, warmUp } = withDefaults<Required<ExponentialAverageOptions>>(
      options,
      defaults,
      "ExponentialAverage",
    );
    this.#decay = checkNumber(decay, "decay", { atLeast: 0, below: 1 });
    this.#isWarmingUp = checkOneOf(warmUp, "warmUp", [true, false]);
  }

  protected shareAfter(taken: number): number {
    const risen = this.#isWarmingUp ? 1 - (1 + taken) ** (-2 / 3) : 1;
    return 1 - Math.min(this.#decay, risen);
  }
}
