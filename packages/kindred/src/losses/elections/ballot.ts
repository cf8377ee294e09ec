import { pullGradients, type Comparison, type Distance } from "../../distances/distance.ts";
import type { Form } from "../../distances/forms/form.ts";
import { RowBlock, rowStride } from "../../distances/stream/rowBlock.ts";
import { Places } from "../../kernels/places.ts";
import { Run } from "../../kernels/run.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { orderByClass, type ClassOrder } from "../../matrix/classOrder.ts";
import { logSumExp } from "../items/logSumExp.ts";
import { GuideRows } from "./guideRows.ts";
import type { Roll, Rolls } from "./rolls.ts";

/** Floats of the blocks of all ballots together (16 MB). */
const BLOCK_FLOATS = 2 ** 22;

/** Which documents weigh more the more alike they are. */
type HardnessMode = "none" | "inBatchNegatives" | "hardNegatives" | "allNegatives";

/** Who asks for whom. */
export interface Direction {
  readonly asking: Roll;
  readonly asked: Roll;
  /**
   * What becomes of place i in row i: it should "win"; it "stands" for election besides, being the winner of another ballot;
   * or it is "out", being the same sample, and so are the negatives of row i where they are asked for.
   */
  readonly own: "wins" | "stands" | "out";
  /** Which candidates are raised, and by what times their similarity; the raise has no slope. */
  readonly hardness: { readonly mode: HardnessMode; readonly strength: number };
}

/** How ballots are held. */
interface BallotOptions {
  readonly distance: Distance;
  /** What distances are multiplied by: above 0 for similarities, else below. */
  readonly scale: number;
  /** Whether documents get slopes. */
  readonly learnReference: boolean;
  /** How many classes labels make; null: every row is of its own. */
  readonly classes: number | null;
}

/**
 * One direction of an election: rows of logits, scale x distance, with row i's own place apart from its rivals. It is worked
 * through in blocks of rows: opened, then for each of its rows counted and pulled, then closed.
 */
export class Ballot {
  readonly #direction: Direction;
  readonly #rolls: Rolls;
  readonly #scale: number;
  /** What the distance of one that is no rival is replaced by, so that it has no share in the softmax. */
  readonly #never: number;
  readonly #sides: Comparison;
  readonly #block: RowBlock;
  readonly #guide: GuideRows | null;
  readonly #classOrder: ClassOrder | null;
  readonly #values = new Run();
  readonly #slopes = new Run();
  readonly #rivals = new Places();
  /** log sum_rivals e^logit of the row counted last; -Infinity of none. */
  log = -Infinity;
  #total = 0;
  #row = 0;

  /** @param capacity the most rows at a time */
  constructor(workspace: Workspace, rolls: Rolls, direction: Direction, capacity: number, options: BallotOptions) {
    const { asking, asked } = direction;
    const { distance, scale, learnReference, classes } = options;
    this.#direction = direction;
    this.#rolls = rolls;
    this.#scale = scale;
    this.#never = scale > 0 ? -Infinity : Infinity;
    const isSelf = asking === asked;
    this.#sides = distance.compare(workspace, asking.matrix, {
      reference: isSelf ? null : asked.matrix,
      learnReference: learnReference || asked === rolls.queries,
    });
    this.#block = new RowBlock(workspace, this.#sides.tiles.rowForm, capacity);
    const isGuided = asking.guide !== null && asked.guide !== null;
    this.#guide = isGuided ? new GuideRows(workspace, asking.guide, isSelf ? null : asked.guide) : null;
    this.#classOrder = classes === null ? null : orderByClass(asked.codes, classes);
    this.#form.beginPull();
  }

  /** How many rows of several directions can be at hand at a time. */
  static capacity(directions: readonly Direction[], rows: number): number {
    const floats = directions.reduce((sum, { asked }) => sum + 3 * rowStride(asked.matrix.rows), 0);
    return Math.max(1, Math.min(rows, Math.floor(BLOCK_FLOATS / floats)));
  }

  open(start: number, rows: number): void {
    this.#block.open(start, rows);
  }

  /** Pulls the slopes of the rows at hand back. */
  close(): void {
    this.#block.pull();
  }

  /** Adds all slopes, times `scale`, to the gradients of where the rows come from. */
  finish(scale: number): void {
    const { asking, asked } = this.#direction;
    this.#form.finishPull();
    const pulled = pullGradients(this.#sides, asking.matrix, asking === asked ? null : asked.matrix, scale);
    asking.addSlopes(pulled.embeddings);
    if (pulled.reference !== undefined) asked.addSlopes(pulled.reference);
  }

  /** What the guide thinks of row i and its own place. */
  guideAt(i: number): number {
    return this.#guide!.at(i, i);
  }

  /** Counts the rivals of row i; those that the guide finds more alike than `limit` are none. */
  count(i: number, limit: number): void {
    this.#row = i;
    this.#block.pointAtValues(i, this.#values);
    this.#block.pointAtSlopes(i, this.#slopes);
    this.#slopes.copyFrom(this.#values);
    this.#raise(i);
    this.#leaveOut(i, limit);
    this.#rivals.set(this.#slopes, 0, this.#slopes.count, i, i + 1);
    const nearest = this.#scale > 0 ? this.#rivals.max() : this.#rivals.min();
    if (nearest === this.#never) {
      this.log = -Infinity;
      this.#total = 0;
      return;
    }
    const { log, total } = logSumExp(this.#rivals, this.#scale);
    this.log = log;
    this.#total = total;
  }

  get hasRivals(): boolean {
    return this.#total > 0;
  }

  /** The logit of the own place of the row counted. */
  get ownLogit(): number {
    return this.#scale * this.#values.at(this.#row);
  }

  /** Whether the own place has a share beside the rivals. */
  get ownStands(): boolean {
    return this.#direction.own === "stands";
  }

  /** Leaves the slopes of the row counted: those by the rivals' logits add up to `rivals`, that by its own is `own`. */
  pull(rivals: number, own: number): void {
    if (this.#total > 0) this.#rivals.affine((this.#scale * rivals) / this.#total, 0);
    else this.#rivals.fill(0);
    this.#slopes.put(this.#row, this.#scale * own);
  }

  /** The slope by the logarithm of the scale that the row pulled last has. */
  slopeByLogScale(): number {
    return this.#slopes.dot(this.#values);
  }

  get #form(): Form {
    return this.#sides.tiles.rowForm.form;
  }

  /** Adds what hardness adds to logits, in units of distances. */
  #raise(i: number): void {
    const { mode, strength } = this.#direction.hardness;
    if (mode === "none" || strength === 0) return;
    const factor = 1 + strength / Math.abs(this.#scale);
    if (mode !== "hardNegatives") this.#slopes.affine(factor, 0);
    if (mode === "allNegatives") return;
    for (let k = 0; k < this.#rolls.columns; k++) {
      const place = this.#rolls.negativeOf(i, k);
      this.#slopes.put(place, this.#values.at(place) * (mode === "hardNegatives" ? factor : 1));
    }
  }

  /** Takes out of the election who is of the row's own class, or no negative to the guide, or the row itself. */
  #leaveOut(i: number, limit: number): void {
    const { asking, asked, own } = this.#direction;
    const never = this.#never;
    this.#guide?.mask(i, limit, this.#slopes.view(), never);
    if (this.#classOrder !== null) {
      const { order, starts } = this.#classOrder;
      const code = asking.codes[i];
      for (let k = starts[code]; k < starts[code + 1]; k++) this.#slopes.put(order[k], never);
    }
    if (own === "out" && asked === this.#rolls.documents)
      for (let k = 0; k < this.#rolls.columns; k++) this.#slopes.put(this.#rolls.negativeOf(i, k), never);
  }
}
