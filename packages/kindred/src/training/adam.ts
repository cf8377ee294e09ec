import { checkNumber, withDefaults } from "../matrix/checks.ts";
import { type Matrix, zeros } from "../matrix/matrix.ts";
import { type NamedMatrices, type Optimizer, pairWithGradients } from "./optimizer.ts";
import { copiesUnder, prefixed, savedNumber, type StateDict } from "./stateDict.ts";

/** Options of {@link Adam}. */
export interface AdamOptions {
  /** How far one step goes, > 0; default 0.001. */
  readonly learningRate?: number;
  /** Share of the mean slope that is kept, 0 <= beta1 < 1; default 0.9. */
  readonly beta1?: number;
  /** Share of the mean squared slope that is kept, 0 <= beta2 < 1; default 0.999. */
  readonly beta2?: number;
  /** Keeps the division finite, > 0; default 1e-8. */
  readonly epsilon?: number;
  /** Each step shrinks the parameter by learningRate * weightDecay, apart from the slopes (AdamW), >= 0; default 0. */
  readonly weightDecay?: number;
}

const defaults = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/**
 * Adam, with decoupled weight decay. In step t:
 *
 *     mean = beta1 * mean + (1 - beta1) * slope
 *     square = beta2 * square + (1 - beta2) * slope^2
 *     parameter -= learningRate * (mean / (1 - beta1^t)) / (sqrt(square / (1 - beta2^t)) + epsilon)
 *
 * @throws TypeError or RangeError when an option is unknown or out of bounds
 *
 * Sources: Kingma and Ba, "Adam: a method for stochastic optimization" (2015); Loshchilov and Hutter, "Decoupled weight
 * decay regularization" (2019).
 */
export class Adam implements Optimizer {
  readonly name = "Adam";
  learningRate: number;
  readonly #options: Required<AdamOptions>;
  #steps = 0;
  #means: Record<string, Matrix> = {};
  #squares: Record<string, Matrix> = {};

  constructor(options?: AdamOptions) {
    const given = withDefaults<Required<AdamOptions>>(options, defaults, "Adam");
    this.learningRate = checkNumber(given.learningRate, "learningRate", { above: 0 });
    checkNumber(given.beta1, "beta1", { atLeast: 0, below: 1 });
    checkNumber(given.beta2, "beta2", { atLeast: 0, below: 1 });
    checkNumber(given.epsilon, "epsilon", { above: 0 });
    checkNumber(given.weightDecay, "weightDecay", { atLeast: 0 });
    this.#options = given;
  }

  update(parameters: NamedMatrices, gradients: NamedMatrices): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    const pairs = pairWithGradients(parameters, gradients);
    this.#steps++;
    const meanScale = 1 / (1 - beta1 ** this.#steps);
    const squareScale = 1 / (1 - beta2 ** this.#steps);
    const kept = 1 - this.learningRate * weightDecay;
    for (const { name, parameter, gradient } of pairs) {
      const means = (this.#means[name] ??= zeros(parameter.rows, parameter.cols)).data;
      const squares = (this.#squares[name] ??= zeros(parameter.rows, parameter.cols)).data;
      for (let k = 0; k < means.length; k++) {
        const slope = gradient.data[k];
        means[k] = beta1 * means[k] + (1 - beta1) * slope;
        squares[k] = beta2 * squares[k] + (1 - beta2) * slope * slope;
        const direction = (means[k] * meanScale) / (Math.sqrt(squares[k] * squareScale) + epsilon);
        parameter.data[k] = kept * parameter.data[k] - this.learningRate * direction;
      }
    }
  }

  state(): StateDict {
    return {
      learningRate: this.learningRate,
      steps: this.#steps,
      ...prefixed(this.#means, "mean."),
      ...prefixed(this.#squares, "square."),
    };
  }

  load(state: StateDict): void {
    const steps = savedNumber(state, "steps", "Adam");
    this.learningRate = savedNumber(state, "learningRate", "Adam");
    this.#steps = steps;
    this.#means = copiesUnder(state, "mean.");
    this.#squares = copiesUnder(state, "square.");
  }
}
