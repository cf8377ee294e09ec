const MOST_TICKS = 6;

/** Whole numbers between two, at most about six: for axes that count. */
export function wholeTicks(low: number, high: number): number[] {
  let step = 1;
  for (let decade = 1; (high - low) / step > MOST_TICKS; decade *= 10)
    step =
      [1, 2, 5, 10].map((digit) => digit * decade).find((each) => (high - low) / each <= MOST_TICKS) ?? 10 * decade;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => (first + k) * step);
}

/** Whole numbers for a logarithmic axis from `low` to `high` (>= 1): 1, 2 and 5 of every decade, or fewer. */
export function logTicks(low: number, high: number): number[] {
  const decades = Array.from({ length: 16 }, (_, k) => 10 ** k);
  const between = (digits: readonly number[]): number[] =>
    decades.flatMap((decade) => digits.map((digit) => digit * decade)).filter((tick) => tick >= low && tick <= high);
  const fine = between([1, 2, 5]);
  if (fine.length < 2) return wholeTicks(low, high);
  if (fine.length <= MOST_TICKS) return fine;
  const coarse = between([1]);
  const every = Math.ceil(coarse.length / MOST_TICKS);
  return coarse.filter((_, k) => k % every === 0);
}

/** A whole number as an axis shows it: 2,000, 50K, 1M. */
export function tickText(value: number): string {
  return value.toLocaleString("en-US", value < 10_000 ? {} : { notation: "compact" });
}
