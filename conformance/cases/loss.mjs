import { buildLoss, mapValues, matrix, plain } from "../build.mjs";

/** Cases of losses, reducers and regularizers: all of them are a loss of a batch. */
export function loss(given) {
  const built = buildLoss(given);
  if (given.steps === undefined) return evaluated(built, given);
  return {
    steps: given.steps.map((step) => {
      const { loss: value, gradients } = evaluated(built, step);
      return { loss: value, gradients, histogram: plain(built.histogram) };
    }),
  };
}

/** What `evaluate` gives, as a case expects it. */
export function evaluated(built, given) {
  const { value, gradients, subLosses } = built.evaluate(matrix(given.embeddings), given.labels ?? null, {
    tuples: given.tuples,
    reference: matrix(given.reference),
    referenceLabels: given.referenceLabels ?? undefined,
    ...(given.metaClasses && { metaClasses: given.metaClasses }),
  });
  if (subLosses !== undefined) return { subLosses: mapValues(subLosses, subLoss) };
  return {
    loss: plain(value),
    gradients: {
      embeddings: plain(gradients.embeddings),
      ...(gradients.reference && { reference: plain(gradients.reference) }),
      ...mapValues(gradients.parameters, plain),
    },
  };
}

function subLoss({ losses, indices, reductionType }) {
  const isNothing = losses.every((loss) => loss === 0);
  if (reductionType === "already_reduced")
    return { losses: isNothing ? 0 : plain(losses), indices: null, reductionType };
  const lists = indices.map((list) => Array.from(list));
  return { losses: plain(losses), indices: reductionType === "element" ? lists[0] : lists, reductionType };
}
