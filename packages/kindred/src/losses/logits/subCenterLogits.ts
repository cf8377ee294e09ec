import { heap, type Workspace } from "../../kernels/runtime.ts";
import { applyMargin, type LogitRows, type Margin } from "./logitRows.ts";

/** The similarity of a class is that of its nearest center, a margin on the own class's; equal ones: the first. */
export class SubCenterLogits implements LogitRows {
  readonly #scale: number;
  readonly #margin: Margin;
  readonly #perClass: number;
  readonly #logits: number;
  /** Which similarity of the row is that of the class. */
  readonly #nearest: Int32Array;
  #slope = 1;

  constructor(workspace: Workspace, scale: number, margin: Margin, perClass: number, centers: number) {
    this.#scale = scale;
    this.#margin = margin;
    this.#perClass = perClass;
    this.#nearest = new Int32Array(centers / perClass);
    this.#logits = workspace.floats(this.#nearest.length);
  }

  scale(): number {
    return this.#scale;
  }

  forward(_anchor: number, row: number, target: number): number {
    const floats = heap();
    const perClass = this.#perClass;
    const nearest = this.#nearest;
    const to = this.#logits >>> 2;
    const from = row >>> 2;
    for (let c = 0, k = 0; c < nearest.length; c++) {
      let best = k;
      let largest = floats[from + k];
      for (const end = k++ + perClass; k < end; k++) {
        const similarity = floats[from + k];
        if (similarity > largest) {
          largest = similarity;
          best = k;
        }
      }
      nearest[c] = best;
      floats[to + c] = largest;
    }
    if (target >= 0) this.#slope = applyMargin(this.#margin, to + target);
    return this.#logits;
  }

  backward(_anchor: number, row: number, target: number): void {
    const floats = heap();
    const nearest = this.#nearest;
    const from = this.#logits >>> 2;
    const to = row >>> 2;
    floats[from + target] *= this.#slope;
    floats.fill(0, to, to + nearest.length * this.#perClass);
    for (let c = 0; c < nearest.length; c++) floats[to + nearest[c]] = floats[from + c];
  }
}
