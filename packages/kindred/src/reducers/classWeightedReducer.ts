import { checkNumber, describe, withDefaults } from "../matrix/checks.ts";
import type { Label } from "../matrix/labels.ts";
import { LinearReduction } from "./linearReduction.ts";
import type { Reducer, ReductionContext } from "./reducer.ts";

/** The weight of each class: a list indexed by labels that are 0, 1, 2 ..., or a map from any label. */
export type ClassWeights = ArrayLike<number> | ReadonlyMap<Label, number>;

/** The mean of weight x item loss, the weight being that of the anchor's class. */
export class ClassWeightedReducer implements Reducer {
  readonly name = "ClassWeightedReducer";
  readonly weights: ClassWeights;

  /** @throws TypeError when no weights are given */
  constructor(options: { readonly weights: ClassWeights }) {
    const { weights } = withDefaults<{ weights: ClassWeights | null }>(options, { weights: null }, this.name);
    if (weights === null || typeof weights !== "object")
      throw new TypeError(`weights is ${describe(weights)}; give one weight a class, as a list or a Map`);
    this.weights = weights;
  }

  /** @throws TypeError without labels; RangeError when a class has no weight, or one that is infinite */
  begin({ labels }: ReductionContext): LinearReduction {
    if (labels === null) throw new TypeError("ClassWeightedReducer needs labels to know the class of each anchor");
    const anchorWeights = Float64Array.from({ length: labels.length }, (_, i) => this.#weightOf(labels[i]));
    return new LinearReduction({ low: -Infinity, high: Infinity, anchorWeights, scale: "mean" });
  }

  #weightOf(label: Label): number {
    const weight = isMap(this.weights) ? this.weights.get(label) : this.weights[Number(label)];
    if (weight === undefined) throw new RangeError(`ClassWeightedReducer has no weight for label ${describe(label)}`);
    return checkNumber(weight, `the weight of label ${describe(label)}`);
  }
}

function isMap(weights: ClassWeights): weights is ReadonlyMap<Label, number> {
  return weights instanceof Map;
}
