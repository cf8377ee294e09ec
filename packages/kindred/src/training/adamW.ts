import { withDefaults } from "../matrix/checks.ts";
import { Adam, type AdamOptions } from "./adam.ts";

/** Options of {@link AdamW}: those of Adam, with a weightDecay of 0.01 by default. */
export type AdamWOptions = AdamOptions;

const defaults: AdamWOptions = {
  learningRate: 0.001,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
};

/**
 * {@link Adam} under the name and with the default weight decay that it has in PyTorch:
 *
 *     parameter *= 1 - learningRate * weightDecay,   then Adam's step
 *
 * @throws TypeError or RangeError when an option is unknown or out of bounds
 *
 * Source: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019).
 */
export class AdamW extends Adam {
  override readonly name: string = "AdamW";

  constructor(options?: AdamWOptions) {
    super(withDefaults(options, defaults, "AdamW"));
  }
}
