import { BaseTester, type Comparison, type LevelResult, type Split } from "./baseTester.ts";

/** Computes accuracy by looking for neighbours among all references. */
export class GlobalEmbeddingSpaceTester<S extends Split = Split> extends BaseTester<S> {
  protected evaluateLevel({ query, reference, refIncludesQuery }: Comparison, level: number): LevelResult {
    const result = this.options.accuracyCalculator.getAccuracy({
      query: query.embeddings,
      queryLabels: Array.from(query.labels[level]),
      reference: reference.embeddings,
      referenceLabels: Array.from(reference.labels[level]),
      refIncludesQuery,
    });
    return { level, metrics: result.metrics, results: [{ result }] };
  }
}
