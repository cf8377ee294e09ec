import type { Comparison, Distance } from "../../distances/distance.ts";
import { Places } from "../../kernels/places.ts";
import { floatsAt, heap, kernels, type Workspace } from "../../kernels/runtime.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { invertInPlace } from "./inverse.ts";
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
  /** A pointer to L, row-major without gaps. */
  readonly states: number;
  readonly #nodes: number;
  readonly #alpha: number;
  readonly #affinities: number;
  readonly #scratch: number;

  constructor(workspace: Workspace, nodes: Matrix, distance: Distance, alpha: number) {
    const n = nodes.rows;
    this.#nodes = n;
    this.#alpha = alpha;
    this.sides = distance.compare(workspace, nodes);
    this.#affinities = workspace.floats(n * n);
    this.states = workspace.floats(n * n);
    this.#scratch = workspace.floats(n * n);
    this.#formAffinities();
    const [affinities, states] = [floatsAt(this.#affinities, n * n), floatsAt(this.states, n * n)];
    for (let k = 0; k < n * n; k++) states[k] = -alpha * affinities[k];
    for (let i = 0; i < n; i++) states[i * n + i] = 1;
    invertInPlace(workspace, this.states, n);
  }

  /**
   * Pulls slopes by L back to the sides.
   *
   * @param slopes a pointer to n x n floats, which are used up
   */
  pullBack(slopes: number): void {
    const n = this.#nodes;
    const { states } = this;
    // dL = L alpha dN L, so that the slope by N is alpha L^T G L^T
    kernels.gemm(n, n, n, slopes, n, 1, states, 1, n, this.#scratch, n, false, false);
    kernels.gemm(n, n, n, states, 1, n, this.#scratch, n, 1, slopes, n, false, false);
    const pulls = this.#weigh(floatsAt(slopes, n * n));
    const row = new Places();
    const { tiles } = this.sides;
    tiles.pullBack((i, pointer) => {
      const similarities = this.#openRow(i, pointer, row);
      const { total } = logSumExp(row, 1 / TEMPERATURE);
      const floats = heap();
      const [at, from] = [pointer >>> 2, (slopes >>> 2) + i * n];
      for (let j = 0; j < n; j++) {
        // [s]+ is flat below 0; d log S_ij / d s_ij, less what it adds to the sum of its row
        const isFlat = j === i || similarities[j] < 0;
        floats[at + j] = isFlat ? 0 : (floats[from + j] - (pulls[i] * floats[at + j]) / total) / TEMPERATURE;
      }
    });
  }

  #formAffinities(): void {
    const n = this.#nodes;
    const logs = new Float64Array(n);
    const row = new Places();
    this.sides.tiles.forEachRow((i, pointer) => {
      this.#openRow(i, pointer, row);
      heap().copyWithin((this.#affinities >>> 2) + i * n, pointer >>> 2, (pointer >>> 2) + n);
      logs[i] = logSumExp(row, 1 / TEMPERATURE).log;
    });
    const affinities = floatsAt(this.#affinities, n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const at = i * n + j;
        affinities[at] = i === j ? 0 : Math.exp(affinities[at] / TEMPERATURE - (logs[i] + logs[j]) / 2);
      }
    }
  }

  /** Cuts a row's similarities off at 0 and points at those with other nodes; returns them as they were. */
  #openRow(i: number, pointer: number, row: Places): Float32Array {
    const n = this.#nodes;
    const floats = floatsAt(pointer, n);
    const similarities = floats.slice();
    for (let j = 0; j < n; j++) if (floats[j] < 0) floats[j] = 0;
    row.set(pointer, 0, n, i, i + 1);
    return similarities;
  }

  /** Turns slopes by N / alpha into slopes by log S as far as S_ij stands in N_ij; returns those by log D, negated. */
  #weigh(slopes: Float32Array): Float64Array {
    const n = this.#nodes;
    const affinities = floatsAt(this.#affinities, n * n);
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
