import type { Random } from "../../matrix/random.ts";

/** The classes that a batch is compared with. */
export interface ClassChoice {
  /** Which they are; null: all, in their order. */
  readonly classes: Int32Array | null;
  /** The place of each embedding's own class among them. */
  readonly targets: Int32Array;
  /** How many of them, the first, stand for themselves alone. */
  readonly exact: number;
  /** The logarithm of how many classes each of the rest stands for. */
  readonly correction: number;
}

/** Every class, each for itself. */
export function allClasses(targets: Int32Array, numClasses: number): ClassChoice {
  return { classes: null, targets, exact: numClasses, correction: 0 };
}

/**
 * The classes of a batch, and `sampled` of the others, every set of them equally likely. Each of those drawn stands for
 * (others) / (drawn) classes, so that the expected sum of exponentials is that over all classes.
 */
export function sampleClasses(targets: Int32Array, numClasses: number, sampled: number, random: Random): ClassChoice {
  const placeOf = new Int32Array(numClasses).fill(-1);
  let present = 0;
  for (const target of targets) if (placeOf[target] < 0) placeOf[target] = present++;
  const others = numClasses - present;
  if (sampled >= others) return allClasses(targets, numClasses);
  const classes = new Int32Array(present + sampled);
  const absent = new Int32Array(others);
  let next = 0;
  for (let code = 0; code < numClasses; code++) {
    if (placeOf[code] >= 0) classes[placeOf[code]] = code;
    else absent[next++] = code;
  }
  for (let k = 0; k < sampled; k++) {
    const drawn = k + random.integer(others - k);
    classes[present + k] = absent[drawn];
    absent[drawn] = absent[k];
  }
  return {
    classes,
    targets: targets.map((code) => placeOf[code]),
    exact: present,
    correction: Math.log(others / sampled),
  };
}
