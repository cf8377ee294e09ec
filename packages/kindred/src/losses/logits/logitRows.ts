import type { TileRow } from "../../distances/stream/tiles.ts";
import type { Run } from "../../kernels/run.ts";
import type { Matrix } from "../../matrix/matrix.ts";

/** What is done to the cosine of an embedding with its own class: the new value and its slope. */
export type Margin = (cosine: number) => { readonly value: number; readonly slope: number };

/**
 * How logits are made of the similarities between an embedding and the class vectors, and how their slopes go back. Lives
 * for one batch.
 */
export interface LogitRows {
  /** What the logits of an embedding are multiplied by. */
  scale(anchor: number): number;
  /** What slopes are measured in until they are pulled back, where they would leave float32's range otherwise. Default 1. */
  readonly unit?: number;
  /**
   * Turns a row of similarities into logits before they are scaled, one a class.
   *
   * @param target the embedding's own class, which gets the margin; -1: none gets it
   * @returns the logits; the row itself may be reused
   */
  forward(anchor: number, row: TileRow, target: number): Run;
  /** Finds d loss / d logit in place of the logits and leaves d loss / d similarity in the row. */
  backward(anchor: number, row: TileRow, target: number): void;
  /** Takes what it needs of the slopes of both sides, when all rows are done and nothing is pulled through normalization. */
  measure?(): void;
  /**
   * Adds the slopes that do not go through similarities, in the end.
   *
   * @param factor what each of them is multiplied by
   * @param embeddings the embeddings and their slopes; @param vectors the class vectors and theirs
   */
  finish?(
    factor: number,
    embeddings: readonly [values: Matrix, slopes: Matrix],
    vectors: readonly [values: Matrix, slopes: Matrix],
  ): void;
}

/** Similarities are logits, a margin at the own class aside. */
export class PlainLogits implements LogitRows {
  readonly #scale: number;
  readonly #margin: Margin | null;
  #slope = 1;

  constructor(scale: number, margin: Margin | null = null) {
    this.#scale = scale;
    this.#margin = margin;
  }

  scale(): number {
    return this.#scale;
  }

  forward(_anchor: number, row: TileRow, target: number): Run {
    if (this.#margin !== null && target >= 0) this.#slope = applyMargin(this.#margin, row, target);
    return row;
  }

  backward(_anchor: number, row: TileRow, target: number): void {
    row.put(target, row.at(target) * this.#slope);
  }
}

/** Puts the margin on the cosine of a class; returns its slope. */
export function applyMargin(margin: Margin, cosines: Run, target: number): number {
  const { value, slope } = margin(cosines.at(target));
  cosines.put(target, value);
  return slope;
}
