import { checkNumber, checkOneOf, withDefaults } from "../matrix/checks.ts";
import { type Loading, loading } from "../state/loading.ts";
import { type Optimizer, pairWithGradients } from "./optimizer.ts";
import { checkMemory, emptyMemory, memoryState, type OptimizerMemory, rememberAll } from "./optimizerMemory.ts";
import type { StateDict } from "./stateDict.ts";
import type { NamedMatrices } from "./weights/namedMatrices.ts";

/** Options of {@link SGD}. */
export interface SGDOptions {
  /** How far one step goes, > 0; default 0.01. */
  readonly learningRate?: number;
  /** Share of the last step's velocity that is kept, 0 <= momentum < 1; default 0. */
  readonly momentum?: number;
  /** Looks ahead along the velocity (Nesterov); default false. */
  readonly nesterov?: boolean;
  /** Added to the slope: weightDecay * parameter, >= 0; default 0. */
  readonly weightDecay?: number;
}

const defaults = { learningRate: 0.01, momentum: 0, nesterov: false, weightDecay: 0 };

/**
 * Stochastic gradient descent with momentum.
 *
 *     velocity = momentum * velocity + slope + weightDecay * parameter
 *     parameter -= learningRate * velocity
 *
 * With `nesterov` the step is along slope + momentum * velocity instead.
 *
 * @throws TypeError or RangeError when an option is unknown or out of bounds
 *
 * Source: Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013).
 */
export class SGD implements Optimizer {
  readonly name = "SGD";
  readonly #momentum: number;
  readonly #isNesterov: boolean;
  readonly #weightDecay: number;
  #memory: OptimizerMemory;

  constructor(options?: SGDOptions) {
    const given = withDefaults<Required<SGDOptions>>(options, defaults, "SGD");
    this.#memory = emptyMemory(memoryNames, checkNumber(given.learningRate, "learningRate", { above: 0 }));
    this.#momentum = checkNumber(given.momentum, "momentum", { atLeast: 0, below: 1 });
    this.#isNesterov = checkOneOf(given.nesterov, "nesterov", [true, false]);
    this.#weightDecay = checkNumber(given.weightDecay, "weightDecay", { atLeast: 0 });
  }

  get learningRate(): number {
    return this.#memory.learningRate;
  }

  set learningRate(learningRate: number) {
    this.#memory.learningRate = learningRate;
  }

  update(parameters: NamedMatrices, gradients: NamedMatrices): void {
    const pairs = pairWithGradients(parameters, gradients);
    if (pairs.length === 0) return;
    rememberAll(this.#memory, parameters, this.name);
    const { memories, steps, learningRate } = this.#memory;
    for (const { name, parameter, gradient } of pairs) {
      const velocity = memories.velocity[name].data;
      steps[name]++;
      for (let k = 0; k < velocity.length; k++) {
        const slope = gradient.data[k] + this.#weightDecay * parameter.data[k];
        velocity[k] = this.#momentum * velocity[k] + slope;
        const direction = this.#isNesterov ? slope + this.#momentum * velocity[k] : velocity[k];
        parameter.data[k] -= learningRate * direction;
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
    return loading(() => (this.#memory = memory));
  }
}

const memoryNames = ["velocity"] as const;
