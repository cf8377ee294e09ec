// Candidates are (score, id) in two parallel arrays. A larger score is better; of equal scores the lower id is better, so
// that no two candidates are equal and every result is the same whatever the order they came in.

/** Below this many candidates insertion sort is faster than partitioning. */
const INSERTION_LIMIT = 24;

/** Moves the `k` best candidates of the places `from` .. `to - 1` to the front, in no particular order. */
export function selectBest(scores: Float32Array, ids: Int32Array, from: number, to: number, k: number): void {
  let low = from;
  let high = to - 1;
  const last = from + k - 1;
  while (low < high) {
    const split = partition(scores, ids, low, high);
    if (last <= split) high = split;
    else low = split + 1;
  }
}

/** Sorts the candidates of the places `from` .. `to - 1`, the best first. */
export function sortBest(scores: Float32Array, ids: Int32Array, from: number, to: number): void {
  let low = from;
  let high = to - 1;
  while (high - low >= INSERTION_LIMIT) {
    const split = partition(scores, ids, low, high);
    // The smaller side by recursion, the larger by the loop: the stack stays logarithmic.
    if (split - low < high - split) {
      sortBest(scores, ids, low, split + 1);
      low = split + 1;
    } else {
      sortBest(scores, ids, split + 1, high + 1);
      high = split;
    }
  }
  insertionSort(scores, ids, low, high);
}

/** Hoare's partition around the middle: afterwards no place up to the returned one is worse than any place behind it. */
function partition(scores: Float32Array, ids: Int32Array, low: number, high: number): number {
  const middle = (low + high) >>> 1;
  const score = scores[middle];
  const id = ids[middle];
  let i = low;
  let j = high;
  for (;;) {
    while (scores[i] > score || (scores[i] === score && ids[i] < id)) i++;
    while (scores[j] < score || (scores[j] === score && ids[j] > id)) j--;
    if (i >= j) return j;
    const otherScore = scores[i];
    const otherId = ids[i];
    scores[i] = scores[j];
    ids[i++] = ids[j];
    scores[j] = otherScore;
    ids[j--] = otherId;
  }
}

function insertionSort(scores: Float32Array, ids: Int32Array, low: number, high: number): void {
  for (let i = low + 1; i <= high; i++) {
    const score = scores[i];
    const id = ids[i];
    let j = i - 1;
    while (j >= low && (scores[j] < score || (scores[j] === score && ids[j] > id))) {
      scores[j + 1] = scores[j];
      ids[j + 1] = ids[j];
      j--;
    }
    scores[j + 1] = score;
    ids[j + 1] = id;
  }
}
