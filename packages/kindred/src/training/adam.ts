import { checkNumber, withDefaults } from "../matrix/checks.ts";
import { type Loading, loading } from "../state/loading.ts";
import { type Optimizer, pairWithGradients } from "./optimizer.ts";
import { checkMemory, emptyMemory, memoryState, type OptimizerMemory, rememberAll } from "./optimizerMemory.ts";
import type { StateDict } from "./stateDict.ts";
import type { NamedMatrices } from "./weights/namedMatrices.ts";

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
  /**
   * Each step shrinks the parameter by learningRate * weightDecay, apart from the slopes, >= 0; default 0. As in PyTorch's AdamW: its
   * Adam adds weightDecay * parameter to the slope instead.
   */
  readonly weightDecay?: number;
}

const defaults = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/**
 * Adam, with decoupled weight decay. In a parameter's step t:
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
  readonly name: string = "Adam";
  readonly #options: Required<AdamOptions>;
  #memory: OptimizerMemory;

  constructor(options?: AdamOptions) {
    const given = withDefaults<Required<AdamOptions>>(options, defaults, "Adam");
    checkNumber(given.learningRate, "learningRate", { above: 0 });
    checkNumber(given.beta1, "beta1", { atLeast: 0, below: 1 });
    checkNumber(given.beta2, "beta2", { atLeast: 0, below: 1 });
    checkNumber(given.epsilon, "epsilon", { above: 0 });
    checkNumber(given.weightDecay, "weightDecay", { atLeast: 0 });
    this.#options = given;
    this.#memory = emptyMemory(memoryNames, given.learningRate);
  }

  get learningRate(): number {
    return this.#memory.learningRate;
  }

  set learningRate(learningRate: number) {
    this.#memory.learningRate = learningRate;
  }

  update(parameters: NamedMatrices, gradients: NamedMatrices): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    const pairs = pairWithGradients(parameters, gradients);
    if (pairs.length === 0) return;
    rememberAll(this.#memory, parameters, this.name);
    const { memories, steps, learningRate } = this.#memory;
    const kept = 1 - learningRate * weightDecay;
    for (const { name, parameter, gradient } of pairs) {
      const step = ++steps[name];
      const meanScale = 1 / (1 - beta1 ** step);
      const squareScale = 1 / (1 - beta2 ** step);
      const means = memories.mean[name].data;
      const squares = memories.square[name].data;
      for (let k = 0; k < means.length; k++) {
        const slope = gradient.data[k];
        means[k] = beta1 * means[k] + (1 - beta1) * slope;
        squares[k] = beta2 * squares[k] + (1 - beta2) * slope * slope;
        const direction = (means[k] * meanScale) / (Math.sqrt(squares[k] * squareScale) + epsilon);
        parameter.data[k] = kept * parameter.data[k] - learningRate * direction;
      }
    }
  }

  state(): StateDict {
    return memoryState(this.#memory, this.name);
  }

  load(state: StateDict, parameters?: NamedMatrices): void {
    this.prepareLoad(state, parameters).take();
  }

  prepareLoad(state: StateDict, parameters?: NamedMatrices): Loading {
    const memory = checkMemory(state, this.name, memoryNames, parameters);
    for (const [name, { data }] of Object.entries(memory.memories.square))
      if (data.some((square) => square < 0))
        throw new RangeError(
          `the state's square.${name} has entries below 0, which no mean of squares has; give what state() returned`,
        );
    return loading(() => (this.#memory = memory));
  }
}

const memoryNames = ["mean", "square"] as const;
