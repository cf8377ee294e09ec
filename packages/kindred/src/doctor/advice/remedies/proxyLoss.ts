import { bytes, count, percent, type RemedySource } from "./situation.ts";

/** A learned vector a class: every sample meets its own in every batch, so no pairs are needed. */
export const proxyLoss: RemedySource = ({ counts, now, embeddingSize, memoryBudget, lossName }) => {
  // the vectors, their slopes and Adam's two moments
  const needed = 4 * 4 * counts.classes * embeddingSize;
  if (needed > memoryBudget || counts.classes < 2) return null;
  const singletons = counts.sizes[0] === 1 ? counts.multiplicities[0] : 0;
  const isMostlySingletons = singletons > counts.classes / 2;
  const name = isMostlySingletons ? "NormalizedSoftmaxLoss" : "ProxyAnchorLoss";
  return {
    name: "proxy-loss",
    title: `Use a loss with a vector a class, ${name}, instead of ${lossName}`,
    why:
      `every sample is compared with its class's vector, so a batch without pairs teaches too` +
      (isMostlySingletons
        ? `; ${percent(singletons / counts.classes)} of the classes have one sample, of which no pair loss can learn`
        : ""),
    cost: `${bytes(needed)} for ${count(counts.classes)} vectors and their optimizer; classes must be known while training`,
    before: now,
    after: { silent: 0, liveShare: 1 },
    code: [
      "const classes = classCounts(labels).labels;",
      `const loss = new ${name}({ numClasses: classes.length, embeddingSize: ${embeddingSize}, classes });`,
    ].join("\n"),
    settings: { loss: name },
  };
};
