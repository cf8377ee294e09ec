import { distance } from "./cases/distance.mjs";
import { evaluation } from "./cases/evaluation.mjs";
import { loss } from "./cases/loss.mjs";
import { miner } from "./cases/miner.mjs";
import { evaluator } from "./cases/st/evaluator.mjs";
import { searchFunction } from "./cases/st/function.mjs";
import { stLoss } from "./cases/st/loss.mjs";
import { sampler } from "./cases/st/sampler.mjs";
import { tuples } from "./cases/tuples.mjs";
import { wrapper } from "./cases/wrapper.mjs";

const kinds = {
  distance,
  evaluation,
  loss,
  miner,
  reducer: loss,
  regularizer: loss,
  tuples,
  wrapper,
  "st-evaluator": evaluator,
  "st-function": searchFunction,
  "st-loss": stLoss,
  "st-sampler": sampler,
};

/** The answer to one line: what kindred computes for the case, or why it refuses. */
export function answer(line) {
  let id = null;
  try {
    const given = JSON.parse(line);
    id = given.id;
    const solve = kinds[given.kind];
    if (solve === undefined) throw new Error(`unknown kind ${JSON.stringify(given.kind)}`);
    return { id, result: solve(given) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
