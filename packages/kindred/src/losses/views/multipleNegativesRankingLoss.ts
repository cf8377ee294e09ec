import { checkOneOf, describe } from "../../matrix/checks.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { choice, flag, number, option } from "../../options/kinds.ts";
import type { OptionArguments, OptionsGiven } from "../../options/option.ts";
import { describeLoss } from "../core/lossDescription.ts";
import type { Direction } from "../elections/ballot.ts";
import type { Rolls } from "../elections/rolls.ts";
import { RankingLoss, rankingOptions, rankingSubLosses, rankingTakes } from "./rankingLoss.ts";

const directionNames = ["queryToDocument", "queryToQuery", "documentToQuery", "documentToDocument"] as const;

/** Who is asked for by whom: see {@link MultipleNegativesRankingLoss}. */
export type RankingDirection = (typeof directionNames)[number];

const options = extendOptions(rankingOptions, {
  /** What similarities are multiplied by, > 0; one over a temperature. Default 20. */
  scale: number({ default: 20, above: 0 }),
  /** Whether the logarithm of the scale is learned, as the parameter `logitScale`. Default false. */
  learnScale: flag({ default: false }),
  /**
   * Who stands for election: "queryToDocument", which must be among them, "documentToQuery", "queryToQuery",
   * "documentToDocument". Default ["queryToDocument"].
   */
  directions: option<readonly RankingDirection[]>(
    'a list of "queryToDocument", "queryToQuery", "documentToQuery", "documentToDocument"',
    ["queryToDocument"],
    checkDirections,
  ),
  /** "joint" (default): all directions share one softmax; "perDirection": each has its own, and the loss is their mean. */
  partitionMode: choice(["joint", "perDirection"], { default: "joint" }),
  /**
   * Which documents weigh more the more alike they are to the query: "none" (default), "inBatchNegatives" those of other rows,
   * "hardNegatives" the row's own negatives, "allNegatives" all but the positive.
   */
  hardnessMode: choice(["none", "inBatchNegatives", "hardNegatives", "allNegatives"], { default: "none" }),
  /** By how much: their logits are raised by this times their similarity, >= 0. Default 0. */
  hardnessStrength: number({ default: 0, atLeast: 0 }),
});

/** Options of {@link MultipleNegativesRankingLoss}. */
export type MultipleNegativesRankingLossOptions = OptionsGiven<typeof options>;

/**
 * Queries and their documents, without labels: among all documents the query's own should be the most similar (InfoNCE with
 * negatives from the batch).
 *
 *     L_i = -log( e^(s(x_i, y_i)) / Z_i ),  s = scale similarity
 *     Z_i = sum over all documents d: e^(s(x_i, d))                "queryToDocument"
 *         + sum over all queries j: e^(s(y_i, x_j))                "documentToQuery"
 *         + sum over all queries j != i: e^(s(x_i, x_j))           "queryToQuery"
 *         + sum over all documents d of other rows: e^(s(y_i, d))  "documentToDocument"
 *
 * x_i is row i of the embeddings and y_i, row i of the reference, its positive. Documents are the reference, whose rows beyond the
 * embeddings' number are negatives of all, and the columns of `negatives`, whose row i was found for query i and is a negative of all
 * too. With labels, rows of equal labels are no negatives of each other. Z_i has the terms of the `directions` asked for;
 * "perDirection" takes the logarithm of each term by itself and their mean: with both ways between queries and documents this is
 * the symmetric loss of CLIP. Hardness adds hardnessStrength times the similarity to the logits of x_i and some documents; the
 * weight e^(that) counts as a constant in the slopes, which are not the value's derivative then.
 *
 * One item a query. Takes no tuples. Distances that are not inverted enter negated. With `learnScale` the parameter
 * `logitScale`, 1 x 1, starts as log scale. Default distance CosineSimilarity, default reducer MeanReducer. Time n m d for each
 * direction; memory: a block of rows.
 *
 *     new MultipleNegativesRankingLoss().evaluate(questions, null, { reference: answers, negatives: [wrongAnswers] });
 *
 * Without a reference, labels match the samples of the batch: of each class the first is the query of the second, the
 * third of the fourth and so on; an odd one is a negative.
 *
 * Source: Henderson et al., "Efficient Natural Language Response Suggestion for Smart Reply" (2017), section 4.4; symmetric:
 * Radford et al., "Learning Transferable Visual Models From Natural Language Supervision" (ICML 2021); other directions: Li et
 * al., "Towards General Text Embeddings with Multi-stage Contrastive Learning" (2023); hardness: Lan et al., "LLaVE: Large
 * Language and Vision Embedding Models with Hardness-Weighted Contrastive Learning" (2025).
 */
export class MultipleNegativesRankingLoss extends RankingLoss<typeof options> {
  static readonly description = describeLoss({
    name: "MultipleNegativesRankingLoss",
    family: "views",
    summary: "Among all documents the query's own should be the most similar.",
    paper: 'Henderson et al., "Efficient Natural Language Response Suggestion for Smart Reply" (2017)',
    takes: rankingTakes,
    needs: { positives: true, negatives: true },
    subLosses: rankingSubLosses,
    options,
  });
  override readonly parameters: Readonly<Record<string, Matrix>>;
  /** 1 x 1, with `learnScale`; else null. */
  readonly logitScale: Matrix | null;

  /** @throws RangeError when each direction is to have a softmax of its own and one of them has no positive */
  constructor(...given: OptionArguments<typeof options>) {
    super(...given);
    const { directions, partitionMode, learnScale, scale } = this.options;
    const without = directions.find((name) => name === "queryToQuery" || name === "documentToDocument");
    if (partitionMode === "perDirection" && without !== undefined)
      throw new RangeError(
        `directions has ${describe(without)}, in which the positive does not stand, and partitionMode is "perDirection"; use "joint"`,
      );
    this.logitScale = learnScale ? scalar(Math.log(scale)) : null;
    this.parameters = this.logitScale === null ? {} : { logitScale: this.logitScale };
  }

  protected override get scale(): number {
    return this.logitScale === null ? this.options.scale : Math.exp(this.logitScale.data[0]);
  }

  protected override directions({ queries, positives, documents }: Rolls): readonly (readonly Direction[])[] {
    const { directions, partitionMode, hardnessMode: mode, hardnessStrength: strength } = this.options;
    const isJoint = partitionMode === "joint";
    const none = { mode: "none", strength: 0 } as const;
    const all: Readonly<Record<RankingDirection, Direction>> = {
      queryToDocument: { asking: queries, asked: documents, own: "wins", hardness: { mode, strength } },
      documentToQuery: { asking: positives, asked: queries, own: isJoint ? "stands" : "wins", hardness: none },
      queryToQuery: { asking: queries, asked: queries, own: "out", hardness: none },
      documentToDocument: { asking: positives, asked: documents, own: "out", hardness: none },
    };
    const asked = directionNames.filter((name) => directions.includes(name)).map((name) => all[name]);
    return isJoint ? [asked] : asked.map((direction) => [direction]);
  }

  protected override parameterSlopes(logScale: number): Record<string, Matrix> | undefined {
    return this.logitScale === null ? undefined : { logitScale: scalar(logScale) };
  }
}

function checkDirections(given: unknown, name: string): readonly RankingDirection[] {
  if (!Array.isArray(given))
    throw new TypeError(`${name} is ${describe(given)}; give a list, such as ["queryToDocument"]`);
  const checked = Array.from(given, (each: unknown, k) => checkOneOf(each, `${name}[${k}]`, directionNames));
  const twice = checked.find((each, k) => checked.indexOf(each) < k);
  if (twice !== undefined) throw new RangeError(`${name} has ${describe(twice)} twice; give each direction once`);
  if (!checked.includes("queryToDocument"))
    throw new RangeError(`${name} lacks "queryToDocument", in which the positive should win; add it`);
  return checked;
}

function scalar(value: number): Matrix {
  const matrix = zeros(1, 1);
  matrix.data[0] = value;
  return matrix;
}
