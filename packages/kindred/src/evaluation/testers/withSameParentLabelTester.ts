import type { Label, Labels } from "../../matrix/labels.ts";
import { takeRows, type Matrix } from "../../matrix/matrix.ts";
import { BaseTester, type Comparison, type EmbeddedSplit, type LevelResult, meanMetrics } from "./baseTester.ts";

/**
 * Computes accuracy by looking for neighbours among the references with the query's parent label, which stands one level
 * above the label: how well classes are told apart within their family. A level's metrics are the mean over the
 * parents; a parent where no query can be evaluated does not count.
 *
 * Labels need two levels at least; the highest has no parent and is not evaluated.
 */
export class WithSameParentLabelTester extends BaseTester {
  protected override levels(available: number): readonly number[] {
    const levels = super.levels(available).filter((level) => level < available - 1);
    if (levels.length === 0)
      throw new RangeError(
        `no level to evaluate has a parent: labels have ${available} level(s); give one list of labels a level`,
      );
    return levels;
  }

  protected evaluateLevel({ query, reference, refIncludesQuery }: Comparison, level: number): LevelResult {
    const parents = new Set(Array.from(query.labels[level + 1]));
    const results = Array.from(parents, (parent) => {
      const own = within(query, level, parent);
      const others = within(reference, level, parent);
      const result = this.options.accuracyCalculator.getAccuracy({
        query: own.embeddings,
        queryLabels: own.labels,
        reference: others.embeddings,
        referenceLabels: others.labels,
        refIncludesQuery,
      });
      return { parent, result };
    });
    return { level, metrics: meanMetrics(results.map(({ result }) => result.metrics)), results };
  }
}

/** The rows with that parent label, and their labels one level below. */
function within(
  { embeddings, labels }: EmbeddedSplit,
  level: number,
  parent: Label,
): { embeddings: Matrix; labels: Label[] } {
  const parents: Labels = labels[level + 1];
  const rows = Array.from(parents).flatMap((label, i) => (label === parent ? [i] : []));
  return { embeddings: takeRows(embeddings, rows), labels: rows.map((i) => labels[level][i]) };
}
