import { fromGroups } from "../../labels/classCounts.ts";
import { isEnough, outlookOf } from "./outlook.ts";
import { count, percent, type RemedySource } from "./situation.ts";

/** How many classes fit the batch: fewer, wider ones. */
export const labelRange: RemedySource = (situation) => {
  const { counts, batchSize, now, wantedOfAll, isBalanced } = situation;
  if (isBalanced || counts.classes < 4) return null;
  const outlook = (classes: number): typeof now =>
    outlookOf(situation, { counts: equalClasses(counts.samples, classes) });
  // more classes, fewer pairs: the most classes that are still enough
  let [low, high] = [2, counts.classes];
  if (!isEnough(outlook(low), wantedOfAll)) return null;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(outlook(middle), wantedOfAll)) low = middle;
    else high = middle;
  }
  return {
    name: "label-range",
    title: `Use at most ${count(low)} classes instead of ${count(counts.classes)}: a coarser label`,
    why: `of ${count(low)} classes of equal size a random batch of ${count(batchSize)} gives ${percent(outlook(low).liveShare)} of its anchors a positive`,
    cost: "the embedding tells only the wider classes apart; right where they are what you search for (a parent category, bins of a number)",
    before: now,
    after: outlook(low),
    code: `const coarser = labels.map((label) => parentOf(label)); // parentOf: your own, at most ${low} values`,
    settings: null,
  };
};

/** Classes of equal size, or of two sizes next to each other. */
function equalClasses(samples: number, classes: number): ReturnType<typeof fromGroups> {
  const size = Math.floor(samples / classes);
  const larger = samples - size * classes;
  return larger === 0
    ? fromGroups(Float64Array.of(size), Float64Array.of(classes))
    : fromGroups(Float64Array.of(size, size + 1), Float64Array.of(classes - larger, larger));
}
