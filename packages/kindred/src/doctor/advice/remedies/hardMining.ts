import { percent, type RemedySource, type Situation } from "./situation.ts";

/** Fewer items than this with a loss above 0 and most of a step is spent on what is known. */
const IDLE_SHARE = 0.1;

/** Whether positives are not what is missing: they are there, and learned already. */
export function isIdle({ activeShare, now, wanted }: Situation): boolean {
  return activeShare !== null && activeShare < IDLE_SHARE && now.silent <= wanted.silent;
}

/** Hard pairs only; it chooses among positives, so there must be some. */
export const hardMining: RemedySource = (situation) => {
  const { now, activeShare } = situation;
  if (!isIdle(situation)) return null;
  return {
    name: "hard-mining",
    title: "Mine hard pairs: MultiSimilarityMiner",
    why: `positives there are, but only ${percent(activeShare!)} of the items have a loss above 0: the rest is learned already`,
    cost: "one more pass over the batch's distances; wrong labels are mined first",
    before: now,
    after: now,
    code: "const miner = new MultiSimilarityMiner();\nconst trainer = new Trainer({ model, loss, miner, sampler, data });",
    settings: { miner: "MultiSimilarityMiner" },
  };
};
