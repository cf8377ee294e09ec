import { checkList, describe } from "../matrix/checks.ts";
import { encodeLabels, type Label, type Labels } from "../matrix/labels.ts";
import type { Random } from "../matrix/random.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { disjointBatches, exchangeRows, type RowValues } from "./drawing/disjointBatches.ts";
import { PlannedSampler, type EpochPlan } from "./plannedSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { cutSamplerOptions } from "./samplerOptions.ts";

const options = cutSamplerOptions();

/** Options of {@link NoDuplicatesSampler}. */
export type NoDuplicatesSamplerOptions = OptionsGiven<typeof options>;

/**
 * Batches in which no label stands twice, for losses that take every other sample of the batch for a negative. With several columns (the
 * texts of queries, of answers, of negatives) no two samples of a batch share a text, in whatever columns.
 *
 * An epoch visits every sample once; with `dropLast` it leaves out the batches that could not be filled. Batches are filled up before
 * another is begun, and with one column as few as can be: ceil(samples / batchSize), or the size of the largest class. Which samples
 * meet changes from epoch to epoch, how many batches there are does not.
 *
 *     new NoDuplicatesSampler([questions, answers], { batchSize: 64 });
 *
 * Source: `NoDuplicatesBatchSampler` of sentence-transformers.
 */
export class NoDuplicatesSampler extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "NoDuplicatesSampler",
    summary: "Batches in which no label, or no text of any column, stands twice.",
    source: "NoDuplicatesBatchSampler of sentence-transformers",
    takes: ["labels"],
    example: (labels, seed = 0): BatchSampler => new NoDuplicatesSampler(labels, { seed }),
    options,
  });
  readonly batchesPerEpoch: number;
  readonly #values: RowValues;
  /** The rows of all batches one after the other, and where each batch starts. */
  readonly #rows: Int32Array;
  readonly #starts: Int32Array;

  /**
   * @param columns one label a sample, or several columns with one text (or any label) a sample each
   * @throws TypeError when it is neither; RangeError when there is no sample, columns differ in length, or no batch would be left
   *   with `dropLast`
   */
  constructor(columns: Labels | readonly Labels[], options?: NoDuplicatesSamplerOptions) {
    super(options);
    this.#values = valuesOf(columns);
    if (this.#values.rows === 0) throw new RangeError("labels is empty; give one label a sample");
    const batches = disjointBatches(this.#values, this.batchSize);
    this.#rows = new Int32Array(this.#values.rows);
    this.#starts = new Int32Array(batches.length + 1);
    batches.forEach((batch, b) => {
      this.#rows.set(batch, this.#starts[b]);
      this.#starts[b + 1] = this.#starts[b] + batch.length;
    });
    const full = batches.filter(({ length }) => length === this.batchSize).length;
    this.batchesPerEpoch = this.options.dropLast ? full : batches.length;
    if (this.batchesPerEpoch === 0)
      throw new RangeError(
        `no batch of ${this.batchSize} samples without a common label can be made; with dropLast no batch is left`,
      );
  }

  protected plan(random: Random): EpochPlan {
    const rows = this.#rows.slice();
    exchangeRows(rows, this.#starts, this.#values, random);
    return { rows, starts: this.#starts.slice(0, this.batchesPerEpoch + 1) };
  }
}

function valuesOf(given: Labels | readonly Labels[]): RowValues {
  checkList(given, "labels", "one label a sample, or with columns of them");
  const columns = isColumns(given) ? given : [given];
  const rows = columns[0].length;
  const codes = new Int32Array(rows * columns.length);
  let known: readonly Label[] = [];
  columns.forEach((column, c) => {
    const name = columns.length === 1 ? "labels" : `column ${c}`;
    if (typeof column !== "object" || column === null)
      throw new TypeError(`${name} is ${describe(column)}; give an array with one text a sample`);
    if (column.length !== rows)
      throw new RangeError(`${name} has ${column.length} entries, column 0 has ${rows}; each sample needs one in each`);
    const encoded = encodeLabels(column, name, known);
    encoded.codes.forEach((code, row) => (codes[row * columns.length + c] = code));
    known = encoded.classes;
  });
  return { codes, columns: columns.length, rows, count: known.length };
}

/** Whether the entries are lists themselves. */
function isColumns(given: Labels | readonly Labels[]): given is readonly Labels[] {
  return given.length > 0 && typeof given[0] === "object" && given[0] !== null;
}
