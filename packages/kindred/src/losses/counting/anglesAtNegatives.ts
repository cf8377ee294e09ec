import type { RowPair } from "../../distances/stream/pairedRows.ts";
import { Places } from "../../kernels/places.ts";
import { Run } from "../../kernels/run.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { logSumExp, type LogSumExp } from "../items/logSumExp.ts";
import type { AngularScene } from "./angularScene.ts";

/** What products are multiplied by: those of both with each negative, and that of the pair. */
interface AngularScales {
  readonly withNegatives: number;
  readonly ofPair: number;
}

/** f_n = withNegatives (u_a + u_p) . x_n + ofPair u_a . u_p of a positive pair with all of its negatives, from the rows of both. */
export class AnglesAtNegatives {
  readonly #scene: AngularScene;
  readonly #scales: AngularScales;
  /** One number a reference. */
  readonly #sums: Run;
  readonly #own = new Places();
  readonly #negatives = new Places();
  readonly #anchor = new Run();
  readonly #positive = new Run();
  readonly #slope = new Run();

  constructor(workspace: Workspace, scene: AngularScene, scales: AngularScales) {
    this.#scene = scene;
    this.#scales = scales;
    this.#sums = Run.of(workspace, scene.references.rows);
  }

  /** log sum_n e^(f_n) of a pair; what its slopes are made of is kept until the next pair. */
  logSumExp({ anchor, positive, anchorRow, positiveRow }: RowPair): LogSumExp {
    const { anchors, units } = this.#scene;
    const sums = this.#sums;
    sums.copyFrom(anchorRow);
    sums.addScaled(positiveRow, 1);
    const [start, end] = this.#scene.classRun(anchor);
    this.#negatives.set(sums, 0, sums.count, start, end);
    const { log, total } = logSumExp(this.#negatives, this.#scales.withNegatives * this.#scene.unit);
    anchors.pointAtRow(anchor, this.#anchor);
    units.pointAtRow(positive, this.#positive);
    return { log: log + this.#scales.ofPair * this.#anchor.dot(this.#positive), total };
  }

  /** Adds the slopes of the sum of the same pair, times `factor`, to those of its anchor, positive and negatives. */
  pull(pair: RowPair, { total }: LogSumExp, factor: number): void {
    if (factor === 0 || total === 0) return;
    const { anchors, units } = this.#scene;
    const sums = this.#sums;
    const [start, end] = this.#scene.classRun(pair.anchor);
    this.#own.set(sums, start, end);
    this.#own.fill(0);
    const scale = (this.#scales.withNegatives * factor) / total;
    pair.anchorSlopes.addScaled(sums, scale);
    pair.positiveSlopes.addScaled(sums, scale);
    // slopes by the units are measured in the scene's unit, as the references are that the others are made of
    const pairScale = (this.#scales.ofPair * factor) / this.#scene.unit;
    anchors.pointAtSlope(pair.anchor, this.#slope);
    this.#slope.addScaled(this.#positive, pairScale);
    units.pointAtSlope(pair.positive, this.#slope);
    this.#slope.addScaled(this.#anchor, pairScale);
  }
}
