import { comparingLosses } from "./comparingLosses.mjs";
import { rankingLosses } from "./rankingLosses.mjs";

/** Solvers of cases by the class that sentence-transformers has for it. */
const solvers = { ...rankingLosses, ...comparingLosses };

/** Cases of losses on columns. */
export function stLoss(given) {
  const solve = solvers[given.class];
  if (solve === undefined) throw new Error(`unknown class ${JSON.stringify(given.class)}`);
  return solve(given, stLoss);
}
