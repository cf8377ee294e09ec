import { buildLoss, buildMiner, classOf, mapValues, matrix, options, plain } from "../build.mjs";

/** Cases of losses around losses. */
export function wrapper(given) {
  switch (given.class) {
    case "CrossBatchMemory":
      return memory(given);
    case "MultipleLosses":
      return multiple(given);
    case "SelfSupervisedLoss":
      return selfSupervised(given);
    default:
      throw new Error(`unknown wrapper ${given.class}`);
  }
}

function memory(given) {
  const wrapped = new (classOf(given.class))(buildLoss(given.loss), {
    ...options(given.options),
    ...(given.miner && { miner: buildMiner(given.miner) }),
  });
  return {
    steps: given.steps.map(({ embeddings, labels, tuples, enqueueMask }) => {
      const evaluation = attempt(() => wrapped.evaluate(matrix(embeddings), labels, { tuples, enqueueMask }));
      if (evaluation.error !== undefined) return evaluation;
      const { value, gradients } = evaluation;
      return {
        loss: plain(value),
        gradients: { embeddings: plain(gradients.embeddings) },
        queueIdx: wrapped.queueIdx,
        hasBeenFilled: wrapped.hasBeenFilled,
        memoryLabels: [...wrapped.memoryLabels],
      };
    }),
  };
}

/** What a step gives, or the sentence it is refused with. */
function attempt(step) {
  try {
    return step();
  } catch (error) {
    return { error: error.message };
  }
}

function multiple(given) {
  const each = (specs, build) =>
    Array.isArray(specs) ? specs.map((spec) => spec && build(spec)) : mapValues(specs, build);
  const wrapped = new (classOf(given.class))(each(given.losses, buildLoss), {
    ...options(given.options),
    ...(given.miners && { miners: each(given.miners, buildMiner) }),
  });
  const { value, gradients } = wrapped.evaluate(matrix(given.embeddings), given.labels, { tuples: given.tuples });
  return {
    loss: plain(value),
    gradients: { embeddings: plain(gradients.embeddings), ...byLoss(gradients.parameters) },
  };
}

/** { "0.W": slope } as { losses: { 0: { W: slope } } }. */
function byLoss(parameters) {
  const losses = {};
  for (const [name, slope] of Object.entries(parameters)) {
    const [loss, parameter] = name.split(".");
    losses[loss] = { ...losses[loss], [parameter]: plain(slope) };
  }
  return Object.keys(losses).length > 0 ? { losses } : {};
}

function selfSupervised(given) {
  const wrapped = new (classOf(given.class))(buildLoss(given.loss), options(given.options));
  const { value, gradients } = wrapped.evaluate(matrix(given.embeddings), matrix(given.reference));
  return {
    loss: plain(value),
    gradients: { embeddings: plain(gradients.embeddings), reference: plain(gradients.reference) },
  };
}
