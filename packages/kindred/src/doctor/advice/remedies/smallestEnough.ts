import type { Outlook } from "./advice.ts";
import { isEnough } from "./outlook.ts";
import type { Situation } from "./situation.ts";

/** A gain in live anchors below this factor is not worth a change that does not reach what is wished for. */
const TELLING_GAIN = 1.2;

/** A number of rows and what it gives. */
interface Sized {
  readonly rows: number;
  readonly after: Outlook;
  /** Whether what is wished for is reached. */
  readonly isReached: boolean;
}

/**
 * The smallest number of rows, up to half a percent, that gives what is wished for; where no number up to `most` does, `most`
 * itself if it gives much more than there is; else null.
 *
 * @param outlook what so many rows give; more rows give more
 * @param from what there is: more are looked for
 */
export function smallestEnough(
  { now, wanted }: Situation,
  outlook: (rows: number) => Outlook,
  from: number,
  most: number,
): Sized | null {
  if (most <= from) return null;
  let [low, high] = [from, from];
  let after = now;
  while (high < most && (high === from || !isEnough(after, wanted))) {
    low = high;
    high = Math.min(most, 2 * high);
    after = outlook(high);
  }
  if (!isEnough(after, wanted))
    return after.liveShare > TELLING_GAIN * now.liveShare ? { rows: high, after, isReached: false } : null;
  while (high - low > Math.max(1, high / 200)) {
    const middle = Math.floor((low + high) / 2);
    const between = outlook(middle);
    if (isEnough(between, wanted)) [high, after] = [middle, between];
    else low = middle;
  }
  return { rows: high, after, isReached: true };
}
