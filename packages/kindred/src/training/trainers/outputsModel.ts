import { addToColumns, sideBySide, takeColumns, type ColumnRange } from "../../matrix/columns.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { Stage } from "../stage.ts";
import { ComposedModel, type EmbeddingModels, type Moves } from "./composedModel.ts";
import type { ModelsByName } from "./modelStates.ts";

/** A model behind the embeddings, such as a classifier. */
export interface Head {
  readonly name: string;
  readonly stage: Stage;
  /** The columns of the embeddings that it is given; null: all. */
  readonly columns: ColumnRange | null;
}

/** What an {@link OutputsModel} gives beside the embeddings. */
interface Outputs {
  readonly heads?: readonly Head[];
  /** Whether the trunk's features are among the outputs too. */
  readonly hasFeatures?: boolean;
  /** Refuses embeddings that will not do. */
  readonly checkEmbeddings?: (embeddings: Matrix) => void;
}

type Place = { -readonly [Name in keyof ColumnRange]: ColumnRange[Name] };

/**
 * A composed model while it is trained: a row of its outputs holds all that is made of a sample, side by side,
 *
 *     [ embeddings | outputs of the heads ... | features ]
 *
 * so that a loss of any of it is a loss of some columns ({@link ColumnsLoss}), and the slopes of all are pulled back at once.
 */
export class OutputsModel extends ComposedModel {
  readonly #heads: readonly Head[];
  readonly #hasFeatures: boolean;
  readonly #check: (embeddings: Matrix) => void;
  readonly #places = new Map<string, Place>();

  constructor(models: EmbeddingModels & ModelsByName, moves: Moves, outputs: Outputs) {
    super(models, moves);
    const { heads = [], hasFeatures = false, checkEmbeddings = () => undefined } = outputs;
    this.#check = checkEmbeddings;
    this.#heads = heads;
    this.#hasFeatures = hasFeatures;
  }

  /** Where "embeddings", "features" or a head's outputs stand; it is kept up to date. */
  columnsOf(name: string): ColumnRange {
    let place = this.#places.get(name);
    if (place === undefined) this.#places.set(name, (place = { start: 0, end: 0 }));
    return place;
  }

  protected override forward(features: Matrix, isTraining: boolean): Matrix {
    const embeddings = super.forward(features, isTraining);
    this.#check(embeddings);
    const outputs = new Map([["embeddings", embeddings]]);
    for (const { name, stage, columns } of this.#heads)
      outputs.set(name, stage.embed(columns === null ? embeddings : takeColumns(embeddings, columns), isTraining));
    if (this.#hasFeatures) outputs.set("features", features);
    let start = 0;
    for (const [name, { cols }] of outputs) {
      Object.assign(this.columnsOf(name), { start, end: start + cols });
      start += cols;
    }
    return sideBySide([...outputs.values()]);
  }

  protected override pull(gradient: Matrix): Matrix {
    const part = (name: string): Matrix => takeColumns(gradient, this.columnsOf(name));
    const slopes = part("embeddings");
    for (const { name, stage, columns } of this.#heads)
      addToColumns(slopes, columns?.start ?? 0, stage.backwardToInputs(part(name)));
    const ofFeatures = super.pull(slopes);
    if (this.#hasFeatures) addToColumns(ofFeatures, 0, part("features"));
    return ofFeatures;
  }
}
