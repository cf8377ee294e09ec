import type { Run } from "../../kernels/run.ts";
import { heap, type Workspace } from "../../kernels/runtime.ts";
import type { Form } from "../forms/form.ts";
import { pullThroughPower, takePower } from "../forms/powers.ts";

/** What rows of distances are formed with. */
export interface RowForm {
  readonly form: Form;
  /** The power of its entries that the form leaves to be taken. */
  readonly power: number;
}

/**
 * Some neighbouring rows of the distance matrix that stay at hand together, each with room for its slopes. Who uses blocks
 * lets the form begin its pull before the first and finish it after the last.
 */
export class RowBlock {
  /** The first row at hand and how many there are. */
  start = 0;
  rows = 0;
  readonly #form: Form;
  readonly #power: number;
  readonly #stride: number;
  readonly #values: number;
  /** The values before the power was taken. */
  readonly #bases: number;
  readonly #slopes: number;

  /** @param capacity the most rows at a time */
  constructor(workspace: Workspace, { form, power }: RowForm, capacity: number) {
    this.#form = form;
    this.#power = power;
    this.#stride = rowStride(form.reference.rows);
    this.#values = workspace.floats(capacity * this.#stride);
    this.#bases = power === 1 ? this.#values : workspace.floats(capacity * this.#stride);
    this.#slopes = workspace.floats(capacity * this.#stride);
  }

  /** Forms rows start .. start + rows - 1; their slopes are 0. */
  open(start: number, rows: number): void {
    const form = this.#form;
    this.start = start;
    this.rows = rows;
    if (this.#isWhole) form.fillSymmetric(this.#bases, this.#stride);
    else form.fillTile(this.#bases, this.#stride, start, rows);
    const floats = heap();
    for (let i = start; i < start + rows; i++) {
      const base = this.#at(this.#bases, i);
      form.finishRow(i, base);
      if (this.#power !== 1)
        floats.copyWithin(this.#at(this.#values, i) >>> 2, base >>> 2, (base >>> 2) + form.reference.rows);
      takePower(this.#at(this.#values, i), form.reference.rows, this.#power);
    }
    floats.fill(0, this.#slopes >>> 2, (this.#slopes >>> 2) + rows * this.#stride);
  }

  /** Points a run at the distances of a row at hand. */
  pointAtValues(row: number, run: Run): void {
    run.point(this.#at(this.#values, row), this.#form.reference.rows);
  }

  /** Points a run at its slopes. */
  pointAtSlopes(row: number, run: Run): void {
    run.point(this.#at(this.#slopes, row), this.#form.reference.rows);
  }

  /** Pulls the slopes back into those of the sides. The block is used up by it. */
  pull(): void {
    const form = this.#form;
    for (let i = this.start; i < this.start + this.rows; i++) {
      const base = this.#at(this.#bases, i);
      pullThroughPower(this.#at(this.#slopes, i), base, form.reference.rows, this.#power);
      form.slopeRow(i, this.#at(this.#slopes, i), base);
    }
    if (this.#isWhole) form.pullSymmetric(this.#slopes, this.#stride);
    else form.pullTile(this.#slopes, this.#stride, this.start, this.rows);
    this.rows = 0;
  }

  get #isWhole(): boolean {
    return this.#form.query === this.#form.reference && this.rows === this.#form.query.rows;
  }

  #at(pointer: number, row: number): number {
    return pointer + 4 * (row - this.start) * this.#stride;
  }
}

/** Floats between two rows: no multiple of the cache's size. */
export function rowStride(references: number): number {
  return ((references + 3) & ~3) + 4;
}
