import type { SavedContestant, SearchSnapshot } from "kindred";

const goodness = (hit: number): SavedContestant["best"]["goodness"] => ({
  rows: Int32Array.of(0, 1),
  precisionAt1: Float64Array.of(1, hit),
  averagePrecisionAtR: Float64Array.of(hit, 0),
  reciprocalRank: Float64Array.of(1, hit),
});

/** A head that was trained for so many steps. @param trainer null: none */
export function saved(title: string, steps: number, hit: number, trainer: object | null = {}): SavedContestant {
  const best = { head: null, goodness: goodness(hit), step: steps - 5 };
  return { title, steps, seconds: 1, isBroken: false, best, trainer } as SavedContestant;
}

/** How far a search is. */
export const snapshot = (plan: SearchSnapshot["plan"], ...contestants: SavedContestant[]): SearchSnapshot => ({
  kind: "search",
  task: 1,
  seconds: 2,
  plan,
  contestants,
});
