import { type Judgement, merged } from "./judgement.ts";

/**
 * Several judgements as one: all their metrics, and `sequentialScore`, which is the last one's primary metric (0 of none).
 *
 *     inSequence([named("dev", evaluateTriplets(dev)), evaluateRetrieval(search)]);
 *
 * @throws RangeError when two of them have a metric of one name; give them names with {@link named}
 */
export function inSequence(judgements: readonly Judgement[]): Judgement {
  const names = judgements.flatMap(({ metrics }) => Object.keys(metrics));
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined)
    throw new RangeError(
      `two judgements have a metric ${JSON.stringify(twice)}; give each a name of its own: named("dev", judgement)`,
    );
  const intervals = judgements.map((judgement) => judgement.intervals).filter((own) => own !== undefined);
  const last = judgements.at(-1);
  return {
    metrics: {
      ...merged(judgements.map(({ metrics }) => metrics)),
      sequentialScore: last === undefined ? 0 : last.metrics[last.primary],
    },
    primary: "sequentialScore",
    ...(intervals.length > 0 && { intervals: merged(intervals) }),
  };
}
