import { sigmoid, softplus } from "../items/itemMath.ts";
import { logAddExp } from "../items/logSumExp.ts";
import type { Ballot } from "./ballot.ts";

/**
 * Directions that share a softmax, in which the own place of the first should win:
 *
 *     L_i = log(1 + sum over all others of e^(logit - logit of i))
 */
export class Partition {
  readonly ballots: readonly Ballot[];
  /** log of the sum over all but the winner. */
  #log = -Infinity;
  #excess = -Infinity;
  /** Whether any row had rivals. */
  hasRivals = false;

  /** @param ballots one or more */
  constructor(ballots: readonly Ballot[]) {
    this.ballots = ballots;
  }

  /** The loss of row i. @param limit the guide's similarity beyond which a rival is none */
  count(i: number, limit: number): number {
    let log = -Infinity;
    for (const ballot of this.ballots) {
      ballot.count(i, limit);
      log = logAddExp(log, ballot.log);
      if (ballot.ownStands) log = logAddExp(log, ballot.ownLogit);
      this.hasRivals ||= ballot.hasRivals;
    }
    this.#log = log;
    this.#excess = log - this.ballots[0].ownLogit;
    return softplus(this.#excess);
  }

  /** Leaves weight x slope of the row counted. */
  pull(weight: number): void {
    const slope = weight * sigmoid(this.#excess);
    this.ballots.forEach((ballot, k) => {
      const rivals = ballot.hasRivals ? slope * Math.exp(ballot.log - this.#log) : 0;
      if (k === 0) ballot.pull(rivals, -slope);
      else ballot.pull(rivals, ballot.ownStands ? slope * Math.exp(ballot.ownLogit - this.#log) : 0);
    });
  }

  /** The slope by the logarithm of the scale that the row pulled last has. */
  slopeByLogScale(): number {
    return this.ballots.reduce((sum, ballot) => sum + ballot.slopeByLogScale(), 0);
  }
}
