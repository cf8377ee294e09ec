import { describe, unknownName } from "../../matrix/checks.ts";

/** The metrics of one number without a parameter, in PML's order; `ndcg` is kindred's. */
const plainMetrics = [
  "AMI",
  "NMI",
  "meanAveragePrecision",
  "meanAveragePrecisionAtR",
  "meanReciprocalRank",
  "precisionAt1",
  "rPrecision",
  "ndcg",
] as const;

/** What is computed when nothing is asked for: PML's seven. */
const defaultMetrics: readonly MetricName[] = plainMetrics.filter((name) => name !== "ndcg");

/** Kinds of metrics that take a number of neighbours. */
const kindsAtK = [
  "precisionAt",
  "recallAt",
  "hitRateAt",
  "ndcgAt",
  "meanReciprocalRankAt",
  "meanAveragePrecisionAt",
] as const;

type PlainMetric = (typeof plainMetrics)[number];
export type KindAtK = (typeof kindsAtK)[number];

/**
 * A metric: one of PML's seven, `ndcg`, or `precisionAt5`, `recallAt10`, `hitRateAt4`, `ndcgAt100`, `meanReciprocalRankAt10`,
 * `meanAveragePrecisionAt100` with any whole number.
 * `recallAtK` is the share of all relevant references among the K nearest; `hitRateAtK` is the share of queries with at
 * least one relevant reference among them, which metric-learning papers call Recall@K.
 */
export type MetricName = PlainMetric | `${KindAtK}${number}`;

/** A metric as PML writes it. */
type SnakeMetricName =
  | "mean_average_precision"
  | "mean_average_precision_at_r"
  | "mean_reciprocal_rank"
  | "r_precision"
  | `${"precision" | "recall" | "hit_rate" | "ndcg" | "mean_reciprocal_rank" | "mean_average_precision"}_at_${number}`;

/** A metric as it may be asked for. */
export type AskedMetric = MetricName | SnakeMetricName;

/** What is computed when nothing is asked for. */
type DefaultMetric = Exclude<PlainMetric, "ndcg">;

/** A metric's name in camelCase. */
type Camel<S extends string> = S extends `${infer First}_${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : S;

/** Names that include and exclude are typed as `include: readonly A[]`; never: none were given. */
type Chosen<A extends string, Usual extends MetricName> = [A] extends [never] ? Usual : Extract<Camel<A>, MetricName>;

/** The metrics that come of what is asked for: those included (or else the usual ones) without those excluded. */
export type MetricsOf<
  Included extends AskedMetric,
  Excluded extends AskedMetric,
  Usual extends MetricName = DefaultMetric,
> =
  MetricName extends Chosen<Included, Usual>
    ? MetricName
    : Exclude<Chosen<Included, Usual>, [Excluded] extends [never] ? never : Camel<Excluded>>;

const patternAtK = new RegExp(`^(${kindsAtK.join("|")})([1-9]\\d*)$`);

/** A metric of a kind with its number of neighbours, or undefined for the others. */
export function parseAtK(name: MetricName): { kind: KindAtK; k: number } | undefined {
  const match = patternAtK.exec(name);
  return match === null ? undefined : { kind: match[1] as KindAtK, k: Number(match[2]) };
}

/**
 * The metrics to compute: those included (of `known` when none is) without those excluded, each once.
 *
 * @throws TypeError when a list is no array; RangeError for an unknown metric
 */
export function chooseMetrics(
  include: readonly string[],
  exclude: readonly string[],
  known: readonly MetricName[] = defaultMetrics,
): MetricName[] {
  const included = toNames(include, "include");
  const excluded = toNames(exclude, "exclude");
  return [...new Set(included.length === 0 ? known : included)].filter((name) => !excluded.includes(name));
}

function toNames(names: readonly string[], list: string): MetricName[] {
  if (!Array.isArray(names)) throw new TypeError(`${list} is ${describe(names)}; give an array of metric names`);
  return names.map((name: unknown) => {
    if (typeof name !== "string") throw new TypeError(`${list} holds ${describe(name)}; give names of metrics`);
    const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) as MetricName;
    if ((plainMetrics as readonly string[]).includes(camel) || parseAtK(camel) !== undefined) return camel;
    throw new RangeError(
      unknownName(`${list} names an unknown metric`, name, [...plainMetrics, ...kindsAtK.map((kind) => `${kind}5`)]),
    );
  });
}
