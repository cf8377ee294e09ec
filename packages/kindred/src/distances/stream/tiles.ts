import { Run } from "../../kernels/run.ts";
import { heap, type Workspace } from "../../kernels/runtime.ts";
import type { Form } from "../forms/form.ts";
import { pullThroughPower, takePower } from "../forms/powers.ts";
import { rowStride, type RowForm } from "./rowBlock.ts";

/** Floats of a tile (16 MB): a batch of up to 2,048 with itself is one tile, whose symmetry halves the work. */
const TILE_FLOATS = 2 ** 22;

/** A row of distances, one float a reference; it is pointed at the next row afterwards. */
export class TileRow extends Run {
  /** Which row of the query side it is. */
  place = 0;
}

/** Is handed a row of distances, and may change it. */
export type RowVisitor = (row: TileRow) => void;

/**
 * Streams the distance matrix in tiles of whole rows and pulls slopes back through it. At no time is more than one tile
 * stored.
 */
export class Tiles {
  readonly #form: Form;
  readonly #power: number;
  readonly #stride: number;
  readonly #blockRows: number;
  readonly #tile: number;
  /** A copy of one row before the power was taken. */
  readonly #bases: number;
  readonly #scratch: number;
  readonly #row = new TileRow();
  /** A batch with itself that fits into one tile. */
  readonly #isWhole: boolean;
  /** Whether the whole tile holds what its rows are filled with, and whether they have been finished there too. */
  #isFormed = false;
  #isFinished = false;

  constructor(workspace: Workspace, form: Form, power: number) {
    const n = form.query.rows;
    const m = form.reference.rows;
    this.#form = form;
    this.#power = power;
    this.#stride = rowStride(m);
    this.#isWhole = form.query === form.reference && n * this.#stride <= TILE_FLOATS;
    this.#blockRows = this.#isWhole ? n : Math.max(1, Math.min(n, Math.floor(TILE_FLOATS / this.#stride)));
    this.#tile = workspace.floats(this.#blockRows * this.#stride);
    this.#bases = workspace.floats(m);
    this.#scratch = workspace.floats(m);
  }

  /** What the rows are formed with, for those who need several of them at a time. */
  get rowForm(): RowForm {
    return { form: this.#form, power: this.#power };
  }

  /** Visits every row of distances, from place 0 on. */
  forEachRow(visit: RowVisitor): void {
    if (this.#isWhole) {
      this.#formWhole();
      for (let i = 0; i < this.#form.query.rows; i++) {
        const row = this.#tile + 4 * i * this.#stride;
        if (!this.#isFinished) this.#form.finishRow(i, row);
        this.#copy(row, this.#scratch);
        takePower(this.#scratch, this.#form.reference.rows, this.#power);
        this.#visit(i, this.#scratch, visit);
      }
      this.#isFinished = true;
      return;
    }
    this.#forEachBlock((start, rows) => {
      for (let r = 0; r < rows; r++) {
        const row = this.#tile + 4 * r * this.#stride;
        this.#form.finishRow(start + r, row);
        takePower(row, this.#form.reference.rows, this.#power);
        this.#visit(start + r, row, visit);
      }
    });
  }

  /** Hands every row to `visit`, which turns it into d loss / d distance, and pulls those back into the sides' slopes. */
  pullBack(visit: RowVisitor): void {
    const form = this.#form;
    form.beginPull();
    if (this.#isWhole) {
      this.#formWhole();
      for (let i = 0; i < form.query.rows; i++) {
        const row = this.#tile + 4 * i * this.#stride;
        if (!this.#isFinished) form.finishRow(i, row);
        this.#slopeRow(i, row, visit);
      }
      this.#isFormed = false;
      this.#isFinished = false;
      form.pullSymmetric(this.#tile, this.#stride);
    } else {
      this.#forEachBlock((start, rows) => {
        for (let r = 0; r < rows; r++) {
          const row = this.#tile + 4 * r * this.#stride;
          form.finishRow(start + r, row);
          this.#slopeRow(start + r, row, visit);
        }
        form.pullTile(this.#tile, this.#stride, start, rows);
      });
    }
    form.finishPull();
  }

  #formWhole(): void {
    if (!this.#isFormed) this.#form.fillSymmetric(this.#tile, this.#stride);
    this.#isFormed = true;
  }

  #forEachBlock(work: (start: number, rows: number) => void): void {
    const n = this.#form.query.rows;
    for (let start = 0; start < n; start += this.#blockRows) {
      const rows = Math.min(this.#blockRows, n - start);
      this.#form.fillTile(this.#tile, this.#stride, start, rows);
      work(start, rows);
    }
  }

  /** From the finished row to its slopes. */
  #slopeRow(i: number, row: number, visit: RowVisitor): void {
    this.#copy(row, this.#bases);
    takePower(row, this.#form.reference.rows, this.#power);
    this.#visit(i, row, visit);
    pullThroughPower(row, this.#bases, this.#form.reference.rows, this.#power);
    this.#form.slopeRow(i, row, this.#bases);
  }

  #visit(place: number, pointer: number, visit: RowVisitor): void {
    this.#row.place = place;
    visit(this.#row.point(pointer, this.#form.reference.rows));
  }

  #copy(from: number, to: number): void {
    heap().copyWithin(to >>> 2, from >>> 2, (from >>> 2) + this.#form.reference.rows);
  }
}
