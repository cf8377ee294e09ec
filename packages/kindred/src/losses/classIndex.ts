import { describe } from "../matrix/checks.ts";
import type { Label, Labels } from "../matrix/labels.ts";

/** Which of a loss's own classes a label names. */
export class ClassIndex {
  readonly count: number;
  readonly #indexOf: ReadonlyMap<Label, number> | null;

  /**
   * @param classes the label of each class; null: labels are 0 .. count - 1
   * @throws RangeError when classes does not name `count` different labels
   */
  constructor(count: number, classes: readonly Label[] | null) {
    this.count = count;
    this.#indexOf = classes === null ? null : new Map(classes.map((label, index) => [label, index]));
    if (this.#indexOf !== null && this.#indexOf.size !== count)
      throw new RangeError(`classes names ${this.#indexOf.size} labels for ${count} classes; name each once`);
  }

  /** The class of each label. @throws RangeError naming the first label that is not known */
  of(labels: Labels, owner: string): Int32Array {
    return Int32Array.from({ length: labels.length }, (_, i) => {
      const label = labels[i];
      const index = this.#indexOf === null ? Number(label) : (this.#indexOf.get(label) ?? -1);
      if (Number.isInteger(index) && index >= 0 && index < this.count) return index;
      const known = this.#indexOf === null ? `0 to ${this.count - 1}` : `the ${this.count} labels of "classes"`;
      throw new RangeError(`labels[${i}] is ${describe(label)}; ${owner} knows ${known}`);
    });
  }
}
