import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { CandidateFilter } from "../../distances/scores/candidateFilter.ts";
import { distanceSpace } from "../../distances/scores/distanceSpace.ts";
import { forEachTile, type ScoreSpace } from "../../distances/scores/scoreSpace.ts";
import { borrow } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, takeRows, toMatrix } from "../../matrix/matrix.ts";

/** Options of {@link communityDetection}. */
export interface CommunityDetectionOptions {
  /** How alike the rows of a community are to its centre: a cosine, from -1 to 1. Default 0.75. */
  readonly threshold: number;
  /** The fewest rows of a community, >= 1. Default 10. */
  readonly minCommunitySize: number;
}

/** Centres whose members are looked for at once, and members that are held meanwhile, 4 bytes each. */
const CENTRES = 240;
const MOST_MEMBERS = 2 ** 22;
/** What rounding to float32 makes of a cosine, at the most: of equal rows it is a cosine of 1 all the same. */
const ROUNDING = 2 ** -21;
/** Scores this near the threshold are measured again in float64. */
const NEAR = 1e-4;

/**
 * Communities of rows that are alike to a centre. The candidates of a row are all rows whose cosine with it is at least the
 * threshold, itself among them. Rows with at least `minCommunitySize` candidates become centres, that with the most candidates first (of
 * equally many the lower row), unless they belong to a community already; rows that do are none's candidates any more, and what is left
 * must be as many.
 *
 * Every pair is looked at, a tile at a time, at most twice: once to count candidates, once to list those of centres. The memory is
 * O(rows).
 *
 *     const communities = communityDetection(embeddings, { threshold: 0.8, minCommunitySize: 5 });
 *
 * @param embeddings n x d
 * @returns the rows of each community, its centre first and then by falling cosine; the largest community first
 * @throws TypeError when the input is no matrix or an option unknown; RangeError when an option is out of bounds
 *
 * Source: `community_detection` of sentence-transformers.
 */
export function communityDetection(embeddings: MatrixLike, options?: Partial<CommunityDetectionOptions>): Int32Array[] {
  const defaults: CommunityDetectionOptions = { threshold: 0.75, minCommunitySize: 10 };
  const { threshold, minCommunitySize } = withDefaults(options, defaults, "communityDetection");
  checkNumber(threshold, "threshold", { atLeast: -1, atMost: 1 });
  checkNumber(minCommunitySize, "minCommunitySize", { atLeast: 1, integer: true });
  const rows = toMatrix(embeddings, "embeddings");
  if (rows.rows < minCommunitySize) return [];
  const candidates = countCandidates(rows, threshold);
  const centres = Int32Array.from(candidates.keys())
    .filter((row) => candidates[row] >= minCommunitySize)
    .sort((a, b) => candidates[b] - candidates[a] || a - b);
  const isTaken = new Uint8Array(rows.rows);
  const communities: Int32Array[] = [];
  const blockRows = Math.max(1, Math.min(CENTRES, Math.floor(MOST_MEMBERS / rows.rows)));
  for (let next = 0; next < centres.length;) {
    const block: number[] = []; // further centres of no community yet
    for (; next < centres.length && block.length < blockRows; next++)
      if (isTaken[centres[next]] === 0) block.push(centres[next]);
    for (const [k, members] of membersOf(rows, block, threshold, isTaken).entries()) {
      if (isTaken[block[k]] === 1) continue;
      const free = members.filter((row) => isTaken[row] === 0);
      if (free.length < minCommunitySize) continue;
      for (const row of free) isTaken[row] = 1;
      communities.push(Int32Array.from(free));
    }
  }
  return communities.sort((a, b) => b.length - a.length);
}

/** How many candidates each row has, itself among them. */
function countCandidates(rows: Matrix, threshold: number): Int32Array {
  const counts = new Int32Array(rows.rows).fill(1);
  forEachAlike(distanceSpace(new CosineSimilarity(), rows, rows), threshold, true, (i, j) => {
    counts[i]++;
    counts[j]++;
  });
  return counts;
}

/** The candidates of each centre that are not taken: itself first, then by falling cosine, of equal ones the lower row. */
function membersOf(rows: Matrix, centres: readonly number[], threshold: number, isTaken: Uint8Array): number[][] {
  const space = distanceSpace(new CosineSimilarity(), takeRows(rows, centres), rows);
  const found = centres.map((centre) => [centre]);
  forEachAlike(space, threshold, false, (k, row) => {
    if (isTaken[row] === 0 && row !== centres[k]) found[k].push(row);
  });
  return found.map((members, k) => {
    const measured = members.map((row) => ({ row, cosine: row === centres[k] ? Infinity : space.distance(k, row, 0) }));
    return measured.sort((a, b) => b.cosine - a.cosine || a.row - b.row).map(({ row }) => row);
  });
}

/** Visits the pairs whose cosine is at least the threshold; those above the diagonal alone where rows are compared with themselves. */
function forEachAlike(
  space: ScoreSpace,
  threshold: number,
  isSelf: boolean,
  visit: (i: number, j: number) => void,
): void {
  borrow((workspace) => {
    const filter = new CandidateFilter(workspace);
    filter.setBars(null);
    forEachTile(space, { upperOnly: isSelf }, ({ rowStart, rowEnd, colStart, colEnd }, tile) => {
      for (let i = rowStart; i < rowEnd; i++) {
        const row = (i - rowStart) * tile.stride;
        const from = isSelf ? Math.max(0, i + 1 - colStart) : 0;
        for (const k of filter.candidates(tile, row, { from, end: colEnd - colStart }, threshold - NEAR)) {
          const j = colStart + from + k;
          if (isAlike(space, threshold, i, j, tile.scores[row + from + k])) visit(i, j);
        }
      }
    });
  });
}

function isAlike(space: ScoreSpace, threshold: number, i: number, j: number, score: number): boolean {
  if (Math.abs(score - threshold) > NEAR) return score > threshold;
  return space.distance(i, j, score) >= threshold - ROUNDING;
}
