// Examples of described losses and of what they are given, for whoever wants one of each: bench, pictures, tests.

/**
 * A loss as the example of its description makes it.
 *
 * @param {object} given.shape embeddingSize and numClasses
 * @param {object} given.options options over those of the example; those that the loss has not are left out
 * @param {Array} given.inner the losses that a wrapper is around; one that takes a single loss takes the first
 */
export function exampleLoss(LossClass, { shape, options = {}, inner = [] }) {
  const { description } = LossClass;
  const known = Object.entries(options).filter(([name]) => Object.hasOwn(description.options, name));
  const all = { ...description.example?.(shape), ...Object.fromEntries(known) };
  if (description.wraps === undefined) return new LossClass(all);
  return new LossClass(description.wraps === "losses" ? inner : inner[0], all);
}

/**
 * What `evaluate` is given besides embeddings: of the columns offered those that a loss that takes this must be given.
 *
 * @returns {[labels: unknown, columns: object]}
 */
export function exampleArguments(takes, { labels, scores, alike, reference, negatives, ...others }) {
  const { guideEmbeddings, guideReference, guideNegatives, teacher, teacherScores } = others;
  const isCompared = takes.reference === "required";
  const hasNegatives = takes.negatives === "required";
  const columns = {
    ...(isCompared && { reference }),
    ...(hasNegatives && { negatives }),
    ...(takes.guide === true && {
      guideEmbeddings,
      ...(isCompared && { guideReference }),
      ...(hasNegatives && { guideNegatives }),
    }),
    ...(takes.teacher === "embeddings" && { teacher }),
    ...(takes.teacher === "scores" && { teacherScores }),
  };
  const given = { none: null, scores, alike };
  return [Object.hasOwn(given, takes.labels) ? given[takes.labels] : labels, columns];
}
