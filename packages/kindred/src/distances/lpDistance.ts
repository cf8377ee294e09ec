import type { Workspace } from "../kernels/runtime.ts";
import { withDefaults } from "../matrix/checks.ts";
import { Distance, distanceDefaults, type DistanceOptions } from "./distance.ts";
import { takeCommonUnit } from "./forms/commonUnit.ts";
import { DirectForm } from "./forms/directForm.ts";
import type { Form } from "./forms/form.ts";
import type { Side } from "./forms/side.ts";
import { SquaredForm } from "./forms/squaredForm.ts";

/** What PML's pairwise distance adds to every difference. */
const PAIR_EPSILON = 1e-6;

/**
 * The p-norm of the difference of embeddings: d_ij = (sum_k |q_ik - r_jk|^p)^(1/p), raised to `power`. The slope of the
 * distance of two equal embeddings, which has a pole, is 0.
 */
export class LpDistance extends Distance {
  readonly name = "LpDistance";
  readonly isInverted = false;

  constructor(options?: Partial<DistanceOptions>) {
    super(withDefaults(options, distanceDefaults, "LpDistance"));
  }

  /** d^2 needs no square root: the power 2 of the Euclidean distance is taken while the matrix is formed. */
  get #isSquared(): boolean {
    return this.p === 2 && this.power === 2;
  }

  protected override get remainingPower(): number {
    return this.#isSquared ? 1 : this.power;
  }

  protected form(workspace: Workspace, query: Side, reference: Side): Form {
    if (this.p !== 2) return new DirectForm(query, reference, this.p);
    return new SquaredForm(workspace, query, reference, this.#isSquared, takeCommonUnit(query, reference));
  }

  protected pair(x: Float32Array, y: Float32Array): number {
    const p = this.p;
    let total = 0;
    for (let k = 0; k < x.length; k++) {
      const difference = Math.abs(x[k] - y[k] + PAIR_EPSILON);
      total = p === Infinity ? Math.max(total, difference) : total + difference ** p;
    }
    return p === Infinity ? total : total ** (1 / p);
  }
}
