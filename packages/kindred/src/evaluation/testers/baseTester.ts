import { checkNumber, describe, unknownName, withDefaults } from "../../matrix/checks.ts";
import type { Label, Labels } from "../../matrix/labels.ts";
import { type Matrix, type MatrixLike, toMatrix, zeros } from "../../matrix/matrix.ts";
import { AccuracyCalculator, type AccuracyResult, type MetricValues } from "../accuracy/accuracyCalculator.ts";
import type { AskedMetric } from "../accuracy/metricNames.ts";
import type { MetricName } from "../accuracy/metricNames.ts";
import { type Embedder, embedAll, toUnitRows } from "../inference/embedder.ts";
import { principalComponents } from "../projection/pca.ts";

/** A labelled set of inputs. */
export interface Split {
  /** What the model embeds, one row a sample; without a model, the embeddings themselves. */
  readonly inputs: MatrixLike;
  /** One label a row, or a list of them for each level of a hierarchy: level 0 the finest, its parents at level 1. */
  readonly labels: Labels | readonly Labels[];
}

/** The embeddings of a split, as they are compared. */
export interface EmbeddedSplit {
  readonly embeddings: Matrix;
  /** By level. */
  readonly labels: readonly Labels[];
}

/** Which splits are the references of a query split. A query split among its own references is no neighbour of itself. */
export type SplitToEvaluate = readonly [query: string, references: readonly string[]];

export interface TesterOptions {
  /** Divides embeddings by their length, after the PCA. Default true. */
  readonly normalizeEmbeddings: boolean;
  /** Reduces standardized embeddings to so many principal components. null, the default: does not. */
  readonly pca: number | null;
  /** The level, levels, or "all" levels to evaluate. Default 0. */
  readonly labelHierarchyLevel: number | readonly number[] | "all";
  /** How many inputs are embedded at a time. Default 32. */
  readonly batchSize: number;
  /** Default: an AccuracyCalculator with its defaults. */
  readonly accuracyCalculator: AccuracyCalculator<Label, AskedMetric>;
  /** Draws embeddings on a plane, n x 2, for `visualizerHook`. null, the default: no picture. */
  readonly visualizer: ((embeddings: Matrix) => Matrix) | null;
  /** Is given each split's picture with the labels of each level. Default null. */
  readonly visualizerHook: ((picture: Picture) => void) | null;
  /** Is given the results at the end. Default null. */
  readonly endOfTestingHook: ((results: TestResults) => void) | null;
}

export interface Picture {
  readonly split: string;
  readonly level: number;
  readonly points: Matrix;
  readonly labels: Labels;
}

/** The accuracy of one level. */
export interface LevelResult {
  readonly level: number;
  readonly metrics: MetricValues<number>;
  /** What the calculator gave; one result, or one for each parent label. */
  readonly results: readonly { readonly parent?: Label; readonly result: AccuracyResult }[];
}

export interface SplitResult {
  readonly references: readonly string[];
  readonly levels: readonly LevelResult[];
  /** The mean over the levels. */
  readonly average: MetricValues<number>;
}

/** The result of each query split, by its name. */
export type TestResults = Readonly<Record<string, SplitResult>>;

/** What a test is run on. */
export interface TestInput<S extends Split = Split> {
  readonly splits: Readonly<Record<string, S>>;
  /** Default: the inputs are the embeddings. */
  readonly model?: Embedder | undefined;
  /** Default: each split among itself. */
  readonly splitsToEvaluate?: readonly SplitToEvaluate[] | undefined;
}

/** Queries and references ready for the calculator. */
export interface Comparison {
  readonly query: EmbeddedSplit;
  readonly reference: EmbeddedSplit;
  readonly refIncludesQuery: boolean;
}

/** What the testers share: embedding the splits, PCA and normalization, pictures, and the levels of labels. */
export abstract class BaseTester<S extends Split = Split> {
  protected readonly options: TesterOptions;

  constructor(options?: Partial<TesterOptions>) {
    const defaults: TesterOptions = {
      normalizeEmbeddings: true,
      pca: null,
      labelHierarchyLevel: 0,
      batchSize: 32,
      accuracyCalculator: new AccuracyCalculator(),
      visualizer: null,
      visualizerHook: null,
      endOfTestingHook: null,
    };
    this.options = withDefaults(options, defaults, new.target.name);
    checkNumber(this.options.batchSize, "batchSize", { atLeast: 1, integer: true });
    if (this.options.pca !== null) checkNumber(this.options.pca, "pca", { atLeast: 1, integer: true });
  }

  /**
   * Embeds the splits, each once, and computes the accuracy of each query split among its references.
   *
   * @throws RangeError for a split that is not there, a query split named twice, or a level that labels lack
   */
  test({ splits, model, splitsToEvaluate }: TestInput<S>): TestResults {
    const pairs = checkedPairs(splits, splitsToEvaluate ?? Object.keys(splits).map((name) => [name, [name]] as const));
    const embedded = new Map<string, readonly EmbeddedSplit[]>();
    for (const name of new Set(pairs.flatMap(([query, references]) => [query, ...references]))) {
      embedded.set(name, this.embedSplit(splits[name], name, model));
    }
    this.#draw(embedded);
    const results = Object.fromEntries(
      pairs.map(([query, references]) => [query, this.#evaluate(embedded, query, references)]),
    );
    this.options.endOfTestingHook?.(results);
    return results;
  }

  /** The streams of a split: one, or several whose rows correspond. */
  protected embedSplit(split: S, name: string, model: Embedder | undefined): readonly EmbeddedSplit[] {
    return [this.embed(split.inputs, split.labels, name, model)];
  }

  protected embed(
    inputs: MatrixLike,
    labels: Split["labels"],
    name: string,
    model: Embedder | undefined,
  ): EmbeddedSplit {
    const raw = embedAll(model, toMatrix(inputs, `inputs of ${name}`), this.options.batchSize);
    const levels = toLevels(labels);
    for (const level of levels) {
      if (level.length !== raw.rows)
        throw new RangeError(
          `labels of ${name} has ${level.length} entries for ${raw.rows} inputs; each row needs one label`,
        );
    }
    const { pca, normalizeEmbeddings } = this.options;
    const reduced = pca === null ? raw : reduce(raw, pca);
    return { embeddings: normalizeEmbeddings ? toUnitRows(reduced) : reduced, labels: levels };
  }

  /** Who is compared with whom. */
  protected compare(
    embedded: ReadonlyMap<string, readonly EmbeddedSplit[]>,
    query: string,
    references: readonly string[],
  ): Comparison {
    const own = embedded.get(query)![0];
    const isIncluded = references.includes(query);
    const others = references.filter((name) => name !== query).map((name) => embedded.get(name)![0]);
    return { query: own, reference: stacked(isIncluded ? [own, ...others] : others), refIncludesQuery: isIncluded };
  }

  /** The accuracy of one level. */
  protected abstract evaluateLevel(comparison: Comparison, level: number): LevelResult;

  /** The levels to evaluate, of `available` ones. */
  protected levels(available: number): readonly number[] {
    const { labelHierarchyLevel: wanted } = this.options;
    const levels =
      wanted === "all"
        ? Array.from({ length: available }, (_, k) => k)
        : typeof wanted === "number"
          ? [wanted]
          : wanted;
    for (const level of levels)
      checkNumber(level, "labelHierarchyLevel", { atLeast: 0, atMost: available - 1, integer: true });
    return levels;
  }

  #evaluate(
    embedded: ReadonlyMap<string, readonly EmbeddedSplit[]>,
    query: string,
    references: readonly string[],
  ): SplitResult {
    const comparison = this.compare(embedded, query, references);
    const levels = this.levels(comparison.query.labels.length).map((level) => this.evaluateLevel(comparison, level));
    return { references, levels, average: meanMetrics(levels.map(({ metrics }) => metrics)) };
  }

  #draw(embedded: ReadonlyMap<string, readonly EmbeddedSplit[]>): void {
    const { visualizer, visualizerHook } = this.options;
    if (visualizer === null) return;
    for (const [split, streams] of embedded) {
      const { embeddings, labels } = stacked(streams);
      const points = visualizer(embeddings);
      for (const level of this.levels(labels.length)) visualizerHook?.({ split, level, points, labels: labels[level] });
    }
  }
}

/** The mean of each metric over several results, of those that are not NaN; NaN of none. */
export function meanMetrics(all: readonly MetricValues<number>[]): MetricValues<number> {
  const names = Object.keys(all[0] ?? {}) as MetricName[];
  const mean = (name: MetricName): number => {
    const values = all.map((metrics) => metrics[name] ?? NaN).filter((value) => !Number.isNaN(value));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  return Object.fromEntries(names.map((name) => [name, mean(name)]));
}

function checkedPairs(splits: object, pairs: readonly SplitToEvaluate[]): readonly SplitToEvaluate[] {
  const known = Object.keys(splits);
  const queries = pairs.map(([query]) => query);
  const twice = queries.find((query, k) => queries.indexOf(query) !== k);
  if (twice !== undefined)
    throw new RangeError(`splitsToEvaluate names the query split ${JSON.stringify(twice)} twice; name it once`);
  for (const [query, references] of pairs) {
    if (references.length === 0)
      throw new RangeError(`splitsToEvaluate gives ${JSON.stringify(query)} no reference; name at least one`);
    for (const name of [query, ...references]) {
      if (!known.includes(name)) throw new RangeError(unknownName("there is no split", name, known));
    }
  }
  return pairs;
}

function toLevels(labels: Split["labels"]): readonly Labels[] {
  if (typeof labels !== "object" || labels === null)
    throw new TypeError(`labels is ${describe(labels)}; give an array`);
  const first: unknown = labels[0];
  return Array.isArray(first) || ArrayBuffer.isView(first) ? (labels as readonly Labels[]) : [labels as Labels];
}

/** One set below the other. */
function stacked(sets: readonly EmbeddedSplit[]): EmbeddedSplit {
  if (sets.length === 1) return sets[0];
  const embeddings = zeros(
    sets.reduce((sum, set) => sum + set.embeddings.rows, 0),
    sets[0].embeddings.cols,
  );
  let to = 0;
  for (const { embeddings: own } of sets) {
    if (own.cols !== embeddings.cols)
      throw new RangeError(
        `splits have ${embeddings.cols} and ${own.cols} columns; references of one query are equally wide`,
      );
    embeddings.data.set(own.data, to);
    to += own.data.length;
  }
  const levels = Math.min(...sets.map(({ labels }) => labels.length));
  const labels = Array.from({ length: levels }, (_, level) => sets.flatMap((set) => Array.from(set.labels[level])));
  return { embeddings, labels };
}

/** The principal components of standardized columns. */
function reduce(raw: Matrix, count: number): Matrix {
  const scaled = standardized(raw);
  return principalComponents(scaled, count).transform(scaled);
}

/** Each column with mean 0 and (unbiased) variance 1; a column that does not vary becomes 0. */
function standardized({ data, rows, cols }: Matrix): Matrix {
  const out = zeros(rows, cols);
  for (let j = 0; j < cols; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += data[i * cols + j] / rows;
    let squares = 0;
    for (let i = 0; i < rows; i++) squares += (data[i * cols + j] - mean) ** 2;
    const deviation = Math.sqrt(squares / (rows - 1)) || 1;
    for (let i = 0; i < rows; i++) out.data[i * cols + j] = (data[i * cols + j] - mean) / deviation;
  }
  return out;
}
