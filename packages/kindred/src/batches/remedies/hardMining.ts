import { percent, type RemedySource } from "./situation.ts";

/** Fewer items than this with a loss above 0 and most of a step is spent on what is known. */
const IDLE_SHARE = 0.1;

/** Hard pairs only; it chooses among positives, so there must be some. */
export const hardMining: RemedySource = ({ now, activeShare, wanted }) => {
  const isIdle = activeShare !== null && activeShare < IDLE_SHARE;
  if (!isIdle || now.liveShare < wanted.liveShare) return null;
  return {
    name: "hard-mining",
    title: "Mine hard pairs: MultiSimilarityMiner",
    why: `positives there are, but only ${percent(activeShare)} of the items have a loss above 0: the rest is learned already`,
    cost: "one more pass over the batch's distances; wrong labels are mined first",
    before: now,
    after: now,
    code: "const miner = new MultiSimilarityMiner(); // loss.evaluate(embeddings, labels, { tuples: miner.mine(embeddings, labels) })",
    settings: { miner: "MultiSimilarityMiner" },
  };
};
