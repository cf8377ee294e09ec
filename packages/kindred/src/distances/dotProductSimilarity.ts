import type { Workspace } from "../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../matrix/checks.ts";
import { Distance, distanceDefaults, type DistanceOptions } from "./distance.ts";
import type { Form } from "./forms/form.ts";
import { ProductForm } from "./forms/productForm.ts";
import type { Side } from "./forms/side.ts";

/**
 * The dot product of embeddings, s_ij = q_i . r_j, normalized first unless `normalizeEmbeddings` is false; larger is
 * more alike. Its `power` is a whole number, as roots of negative similarities are no numbers.
 */
export class DotProductSimilarity extends Distance {
  readonly name: string = "DotProductSimilarity";
  readonly isInverted = true;

  constructor(options?: Partial<DistanceOptions>) {
    super(withDefaults(options, distanceDefaults, "DotProductSimilarity"));
    // a similarity may be negative, and its root is then no number
    checkNumber(this.power, "power", { integer: true });
  }

  protected form(_workspace: Workspace, query: Side, reference: Side): Form {
    return new ProductForm(query, reference);
  }

  protected pair(x: Float32Array, y: Float32Array): number {
    let total = 0;
    for (let k = 0; k < x.length; k++) total += x[k] * y[k];
    return total;
  }
}
