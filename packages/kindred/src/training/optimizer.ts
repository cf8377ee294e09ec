import type { Matrix } from "../matrix/matrix.ts";
import type { Loading } from "../state/loading.ts";
import type { StateDict } from "./stateDict.ts";
import { type NamedMatrices, pairUp } from "./weights/namedMatrices.ts";

/** Moves parameters against their slopes. What it remembers of a parameter goes by the parameter's name. */
export interface Optimizer {
  readonly name: string;
  /** How far one step goes; may be changed between steps, by a schedule say. */
  learningRate: number;
  /**
   * Moves the parameters in place. A parameter without a slope stays where it is.
   *
   * @throws RangeError when a slope belongs to no parameter, or is of another shape
   */
  update(parameters: NamedMatrices, gradients: NamedMatrices): void;
  /** All that must be saved to go on later, the learning rate too; copies. */
  state(): StateDict;
  /**
   * Goes on from a saved state; one that is refused changes nothing.
   *
   * @param parameters that it moves; given, the state must be of just these, by name and shape
   * @throws TypeError, RangeError when it is not this optimizer's
   */
  load(state: StateDict, parameters?: NamedMatrices): void;
  /** Checks a state and changes nothing before it is taken. */
  prepareLoad?(state: StateDict, parameters?: NamedMatrices): Loading;
}

/** The parameters that have a slope, with it. @throws RangeError as {@link Optimizer.update} says */
export function pairWithGradients(
  parameters: NamedMatrices,
  gradients: NamedMatrices,
): { name: string; parameter: Matrix; gradient: Matrix }[] {
  return pairUp(parameters, gradients, "slope").map(({ partner, ...pair }) => ({ ...pair, gradient: partner }));
}
