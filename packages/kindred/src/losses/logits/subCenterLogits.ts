import type { TileRow } from "../../distances/stream/tiles.ts";
import { Run } from "../../kernels/run.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { applyMargin, type LogitRows, type Margin } from "./logitRows.ts";

/** The similarity of a class is that of its nearest center, a margin on the own class's; equal ones: the first. */
export class SubCenterLogits implements LogitRows {
  readonly #scale: number;
  readonly #margin: Margin;
  readonly #perClass: number;
  readonly #logits: Run;
  /** Which similarity of the row is that of the class. */
  readonly #nearest: Int32Array;
  #slope = 1;

  constructor(workspace: Workspace, scale: number, margin: Margin, perClass: number, centers: number) {
    this.#scale = scale;
    this.#margin = margin;
    this.#perClass = perClass;
    this.#nearest = new Int32Array(centers / perClass);
    this.#logits = Run.of(workspace, this.#nearest.length);
  }

  scale(): number {
    return this.#scale;
  }

  forward(_anchor: number, row: TileRow, target: number): Run {
    const similarities = row.view();
    const logits = this.#logits.view();
    const perClass = this.#perClass;
    const nearest = this.#nearest;
    for (let c = 0, k = 0; c < nearest.length; c++) {
      let best = k;
      let largest = similarities[k];
      for (const end = k++ + perClass; k < end; k++) {
        const similarity = similarities[k];
        if (similarity > largest) {
          largest = similarity;
          best = k;
        }
      }
      nearest[c] = best;
      logits[c] = largest;
    }
    if (target >= 0) this.#slope = applyMargin(this.#margin, this.#logits, target);
    return this.#logits;
  }

  backward(_anchor: number, row: TileRow, target: number): void {
    const slopes = this.#logits.view();
    const nearest = this.#nearest;
    slopes[target] *= this.#slope;
    const out = row.view().fill(0);
    for (let c = 0; c < nearest.length; c++) out[nearest[c]] = slopes[c];
  }
}
