import type { Batch } from "../../batch/batch.ts";
import type { ColumnsOf, Takes } from "../../batch/takes.ts";
import { withinFloat } from "../../matrix/float.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { choice, seed, wholeNumber } from "../../options/kinds.ts";
import type { OptionArguments, OptionsGiven, OptionValues } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { regularizedOptions } from "../core/lossOptions.ts";
import { MetricLoss, type Computed } from "../core/metricLoss.ts";
import { LinearLayer } from "../items/linearLayer.ts";
import { pairSimilarities } from "../items/pairSimilarity.ts";
import { RowSimilarities } from "../items/rowSimilarities.ts";

const options = extendOptions(regularizedOptions(new MeanReducer()), {
  /**
   * How far x is from t: "cosine" (default), 1 - cosine; "mse", the mean of (x_k - t_k)^2 over coordinates; "l2", |x - t|.
   */
  metric: choice(["cosine", "mse", "l2"], { default: "cosine" }),
  /** The width of the embeddings, >= 1, where a projection is to be learned. Default null: there is none. */
  embeddingSize: wholeNumber({ default: null, atLeast: 1 }),
  /** The width of the teacher's embeddings, >= 1, given with `embeddingSize`. Default null: that of the embeddings. */
  teacherSize: wholeNumber({ default: null, atLeast: 1 }),
  /** Of the random numbers that the projection is drawn with. Default 0. */
  seed: seed(),
});

type Options = OptionValues<typeof options>;

/** Options of {@link EmbeddingDistillLoss}. */
export type EmbeddingDistillLossOptions = OptionsGiven<typeof options>;

const takes = {
  labels: "none",
  reference: "paired",
  negatives: "any",
  tuples: "none",
  teacher: "embeddings",
} as const satisfies Takes;

/** What {@link EmbeddingDistillLoss} must be given besides embeddings. */
export type EmbeddingDistillEvaluateOptions = ColumnsOf<typeof takes>;

/**
 * Embeddings should be what a teacher makes of the same samples.
 *
 *     L_i = mean_c D(f(x_ic), t_ic),  D = 1 - cos(f, t), mean_k (f_k - t_k)^2 or |f - t|
 *
 * x_ic is row i of column c: the embeddings, the reference and the columns of negatives, as many of them as are given. t_ic
 * is row i of the teacher's matrix for that column, or of its only one. One item a row. f leaves rows as they are; with
 * `embeddingSize` and `teacherSize` it is a learned projection f(x) = x weight^T + bias, with the parameters `weight`
 * (teacherSize x embeddingSize) and `bias` (1 x teacherSize). Takes neither labels, tuples nor a distance. Default reducer
 * MeanReducer.
 *
 *     new EmbeddingDistillLoss({ metric: "mse" }).evaluate(sentences, null, { teacher: [teacherEmbeddings] });
 *
 * The slope of a row that is the teacher's is 0 in each of them, and so is the cosine's slope of a zero vector. Errors:
 * RangeError where the widths differ, or one of the two sizes is given alone.
 *
 * Source: Reimers and Gurevych, "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation" (EMNLP
 * 2020); "cosine" and "l2" as in sentence-transformers.
 */
export class EmbeddingDistillLoss extends MetricLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "EmbeddingDistillLoss",
    family: "teachers",
    summary: "Embeddings should be what a teacher makes of the same samples.",
    paper:
      'Reimers and Gurevych, "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation" (EMNLP 2020)',
    takes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "element" },
    options,
  });
  override readonly parameters: Readonly<Record<string, Matrix>>;
  /** Null: rows are compared as they are. */
  readonly #projection: LinearLayer | null;

  constructor(...given: OptionArguments<typeof options>) {
    super(...given);
    const { embeddingSize, teacherSize } = this.options;
    if ((embeddingSize === null) !== (teacherSize === null))
      throw new RangeError(
        `embeddingSize is ${embeddingSize} and teacherSize is ${teacherSize}; give both for a learned projection, or neither`,
      );
    this.#projection =
      embeddingSize === null ? null : new LinearLayer(embeddingSize, teacherSize!, new Random(this.options.seed));
    this.parameters = this.#projection === null ? {} : { weight: this.#projection.weight, bias: this.#projection.bias };
  }

  protected override check({ embeddings, teacher }: Batch): void {
    const { embeddingSize, teacherSize } = this.options;
    if (embeddings.rows === 0) return;
    if (embeddingSize !== null && embeddings.cols !== embeddingSize)
      throw new RangeError(`embeddings has ${embeddings.cols} columns; ${this.name} was made for ${embeddingSize}`);
    const width = teacherSize ?? embeddings.cols;
    teacher!.forEach(({ cols }, c) => {
      if (cols !== width)
        throw new RangeError(
          `teacher[${c}] has ${cols} columns, ` +
            (teacherSize === null
              ? `embeddings has ${width}; give embeddingSize and teacherSize to learn a projection`
              : `teacherSize is ${width}; both must be as wide`),
        );
    });
  }

  protected compute({ embeddings, reference, negatives, teacher }: Batch): Computed {
    const { rows } = embeddings;
    const columns = [embeddings, ...(reference === null ? [] : [reference]), ...negatives];
    const distances = columns.map((column, c) => {
      const taught = teacher![teacher!.length === 1 ? 0 : c];
      const projected = this.#projection === null ? column : this.#projection.apply(column);
      return new DistancesToTeacher(projected, taught, this.options.metric);
    });
    const reduction = this.begin("loss", null);
    const share = 1 / columns.length;
    const weights = Float64Array.from({ length: rows }, (_, i) => {
      const total = distances.reduce((sum, { losses }) => sum + losses[i], 0);
      return share * reduction.weighOne(i, share * total);
    });
    const result = reduction.result();
    const factors = weights.map((weight) => weight * result.scale);
    const pulled = columns.map((column, c) => this.#pull(column, distances[c].pull(factors)));
    const [first, ...others] = pulled.map((slopes) => slopes.rows);
    const ofNegatives = others.slice(1);
    return {
      ...this.total([reduction], [result]),
      embeddings: first,
      ...(reference !== null && { reference: others[0] }),
      ...(ofNegatives.length > 0 && { negatives: ofNegatives }),
      parameters:
        this.#projection === null
          ? {}
          : { weight: sum(pulled.map(({ weight }) => weight!)), bias: sum(pulled.map(({ bias }) => bias!)) },
    };
  }

  /** The slopes by a column, and by the projection where there is one. */
  #pull(column: Matrix, slopes: Matrix): { readonly rows: Matrix; readonly weight?: Matrix; readonly bias?: Matrix } {
    return this.#projection === null ? { rows: slopes } : this.#projection.pull(column, slopes);
  }
}

/** How far rows are from a teacher's, row by row. */
class DistancesToTeacher {
  readonly losses: Float64Array;
  readonly #rows: RowSimilarities;
  /** The slope of each loss by its similarity. */
  readonly #slopes: Float64Array;

  constructor(rows: Matrix, teacher: Matrix, metric: Options["metric"]) {
    const similarity = pairSimilarities[metric === "cosine" ? "cosine" : "euclidean"];
    this.#rows = new RowSimilarities({ embeddings: rows, reference: teacher, negatives: [] }, similarity);
    const values = this.#rows.values();
    const width = Math.max(1, rows.cols);
    this.losses = values.map((s) => (metric === "mse" ? (s * s) / width : metric === "cosine" ? 1 - s : -s));
    this.#slopes = values.map((s) => (metric === "mse" ? (2 * s) / width : -1));
  }

  /** The slopes of sum_i factors_i losses_i by the rows. */
  pull(factors: Float64Array): Matrix {
    return this.#rows.pull(this.#slopes.map((slope, i) => factors[i] * slope)).embeddings;
  }
}

function sum(matrices: readonly Matrix[]): Matrix {
  const out = zeros(matrices[0].rows, matrices[0].cols);
  for (let k = 0; k < out.data.length; k++)
    out.data[k] = withinFloat(matrices.reduce((total, { data }) => total + data[k], 0));
  return out;
}
