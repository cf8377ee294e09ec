import { describe } from "../../matrix/checks.ts";
import type { Label, Labels } from "../../matrix/labels.ts";
import { option } from "../../options/kinds.ts";
import type { Option } from "../../options/option.ts";

/** Which of a loss's own classes a label names. */
export class ClassIndex {
  readonly count: number;
  /** The label of each class. */
  readonly labels: ArrayLike<Label>;
  readonly #indexOf: ReadonlyMap<Label, number> | null;

  /**
   * @param classes the label of each class; null: labels are 0 .. count - 1
   * @throws RangeError when classes does not name `count` different labels
   */
  constructor(count: number, classes: readonly Label[] | null) {
    this.count = count;
    this.labels = classes ?? Int32Array.from({ length: count }, (_, index) => index);
    this.#indexOf = classes === null ? null : new Map(classes.map((label, index) => [label, index]));
    if (this.#indexOf !== null && (this.#indexOf.size !== count || this.labels.length !== count))
      throw new RangeError(`classes names ${this.#indexOf.size} labels for ${count} classes; name each once`);
  }

  /** The class of each label. @throws RangeError naming the first label that is not known */
  of(labels: Labels, owner: string): Int32Array {
    return Int32Array.from({ length: labels.length }, (_, i) => {
      const index = this.#find(labels[i]);
      if (index >= 0) return index;
      if (this.#indexOf !== null)
        throw new RangeError(
          `labels[${i}] is ${describe(labels[i])}; ${owner} knows the ${this.count} labels of "classes"`,
        );
      throw new RangeError(
        `labels[${i}] is ${describe(labels[i])}; ${owner} knows 0 to ${this.count - 1}, name others in "classes"`,
      );
    });
  }

  /** -1 for a label of no class. */
  #find(label: Label): number {
    if (this.#indexOf !== null) return this.#indexOf.get(label) ?? -1;
    if (typeof label !== "number" && typeof label !== "bigint") return -1;
    const index = Number(label);
    return Number.isInteger(index) && index >= 0 && index < this.count ? index : -1;
  }
}

/** The option that names the classes: a label each, or null for 0, 1, 2 ... */
export function classesOption(): Option<readonly Label[] | null> {
  return option<readonly Label[] | null>("a list of labels", null, (given, name) => {
    if (!Array.isArray(given)) throw new TypeError(`${name} is ${describe(given)}; give a list of labels, one a class`);
    return given as readonly Label[];
  });
}
