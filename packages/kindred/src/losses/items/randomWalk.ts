import type { Comparison, Distance } from "../../distances/distance.ts";
import type { TileRow } from "../../distances/stream/tiles.ts";
import { Dense } from "../../kernels/dense.ts";
import { Places } from "../../kernels/places.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { logSumExp } from "./logSumExp.ts";

/** What similarities are divided by before they are exponentiated. */
const TEMPERATURE = 0.5;

/**
 * The steady state of a random walk over nodes, which goes on with probability alpha:
 *
 *     S_ij = e^([s_ij]+ / 0.5), S_ii = 0;  N = D^(-1/2) S D^(-1/2), D = diag(sum_j S_ij);  L = (I - alpha N)^(-1)
 *
 * Five matrices of nodes x nodes floats are in memory at a time.
 */
export class RandomWalk {
  readonly sides: Comparison;
  /** L. */
  readonly states: Dense;
  readonly #alpha: number;
  /** N. */
  readonly #affinities: Dense;
  readonly #scratch: Dense;

  constructor(workspace: Workspace, nodes: Matrix, distance: Distance, alpha: number) {
    const n = nodes.rows;
    this.#alpha = alpha;
    this.sides = distance.compare(workspace, nodes);
    this.#affinities = Dense.of(workspace, n, n);
    this.states = Dense.of(workspace, n, n);
    this.#scratch = Dense.of(workspace, n, n);
    this.#formAffinities();
    const [affinities, states] = [this.#affinities.view(), this.states.view()];
    for (let k = 0; k < n * n; k++) states[k] = -alpha * affinities[k];
    for (let i = 0; i < n; i++) states[i * n + i] = 1;
    this.states.invert(workspace);
  }

  /**
   * Pulls slopes by L back to the sides.
   *
   * @param slopes n x n, which are used up
   */
  pullBack(slopes: Dense): void {
    const { states } = this;
    const n = states.rows;
    // dL = L alpha dN L, so that the slope by N is alpha L^T G L^T
    this.#scratch.setProduct(slopes, states.transposed);
    slopes.setProduct(states.transposed, this.#scratch);
    const pulls = this.#weigh(slopes.view());
    const places = new Places();
    this.sides.tiles.pullBack((row) => {
      const i = row.place;
      const similarities = this.#openRow(row, places);
      const { total } = logSumExp(places, 1 / TEMPERATURE);
      const terms = row.view();
      const weighed = slopes.row(i).view();
      for (let j = 0; j < n; j++) {
        // [s]+ is flat below 0; d log S_ij / d s_ij, less what it adds to the sum of its row
        const isFlat = j === i || similarities[j] < 0;
        terms[j] = isFlat ? 0 : (weighed[j] - (pulls[i] * terms[j]) / total) / TEMPERATURE;
      }
    });
  }

  #formAffinities(): void {
    const n = this.#affinities.rows;
    const logs = new Float64Array(n);
    const places = new Places();
    this.sides.tiles.forEachRow((row) => {
      this.#openRow(row, places);
      this.#affinities.row(row.place).copyFrom(row);
      logs[row.place] = logSumExp(places, 1 / TEMPERATURE).log;
    });
    const affinities = this.#affinities.view();
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const at = i * n + j;
        affinities[at] = i === j ? 0 : Math.exp(affinities[at] / TEMPERATURE - (logs[i] + logs[j]) / 2);
      }
    }
  }

  /** Cuts a row's similarities off at 0 and points at those with other nodes; returns them as they were. */
  #openRow(row: TileRow, places: Places): Float32Array {
    const cut = row.view();
    const similarities = cut.slice();
    for (let j = 0; j < cut.length; j++) if (cut[j] < 0) cut[j] = 0;
    places.set(row, 0, row.count, row.place, row.place + 1);
    return similarities;
  }

  /** Turns slopes by N / alpha into slopes by log S as far as S_ij stands in N_ij; returns those by log D, negated. */
  #weigh(slopes: Float32Array): Float64Array {
    const n = this.#affinities.rows;
    const affinities = this.#affinities.view();
    const pulls = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const at = i * n + j;
        slopes[at] *= this.#alpha * affinities[at];
        pulls[i] += slopes[at] / 2;
        pulls[j] += slopes[at] / 2;
      }
    }
    return pulls;
  }
}
