import type { MatrixLike } from "../../matrix/matrix.ts";
import type { Embedder } from "../inference/embedder.ts";
import type { Comparison, EmbeddedSplit, Split } from "./baseTester.ts";
import { GlobalEmbeddingSpaceTester } from "./globalEmbeddingSpaceTester.ts";

/** Two views of each sample: row i of both has label i. */
export interface TwoStreamSplit extends Split {
  /** The other view, which the neighbours of `inputs` are looked for in. */
  readonly others: MatrixLike;
}

/** Computes accuracy by looking for the neighbours of the first stream's embeddings among the second stream's. */
export class GlobalTwoStreamEmbeddingSpaceTester extends GlobalEmbeddingSpaceTester<TwoStreamSplit> {
  protected override embedSplit(
    split: TwoStreamSplit,
    name: string,
    model: Embedder | undefined,
  ): readonly EmbeddedSplit[] {
    return [
      this.embed(split.inputs, split.labels, name, model),
      this.embed(split.others, split.labels, `${name} (others)`, model),
    ];
  }

  protected override compare(
    embedded: ReadonlyMap<string, readonly EmbeddedSplit[]>,
    query: string,
    references: readonly string[],
  ): Comparison {
    if (references.length !== 1 || references[0] !== query)
      throw new RangeError(
        `${JSON.stringify(query)} is to be compared with ${references.join(", ")}; both streams are of one split: name it as its own reference`,
      );
    const [first, second] = embedded.get(query) as readonly EmbeddedSplit[];
    return { query: first, reference: second, refIncludesQuery: false };
  }
}
