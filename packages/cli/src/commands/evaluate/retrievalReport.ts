import type { RunNote } from "../../door/runNote.ts";
import { intervalBars } from "../../report/figures/evaluationFigures.ts";
import type { Page } from "../../report/page.ts";
import { figure, more } from "../../report/pieces/pieces.ts";
import { facts, table } from "../../report/pieces/table.ts";
import { metricTitle } from "./metricTitle.ts";
import { retrievalLine, retrievalRows, retrievalVerdict } from "./retrievalText.ts";
import type { Retrieval, RetrievalQuestion } from "./retrievalVectors.ts";

const meanings = [
  ["MRR@10", "1 / rank of the first relevant document, 0 beyond rank 10"],
  ["nDCG@10", "how near the first 10 are to the best order of what is relevant, by grade"],
  ["MAP@100", "the precision at each relevant document within the first 100, averaged over what could be found there"],
  ["recall@k", "the share of what is relevant that is among the first k"],
] as const;

/** The figures with a picture. */
export function retrievalReport(question: RetrievalQuestion, retrieval: Retrieval, run: RunNote): Page {
  const bars = retrieval.metrics.map(({ name, value, interval }) => ({ name: metricTitle(name), value, interval }));
  return {
    title: `kindred evaluate: ${question.queries.name} among ${question.documents.name}`,
    verdict: retrievalVerdict(retrieval),
    sections: [
      {
        heading: "Retrieval",
        text: retrievalLine(question),
        content: [
          table("Metrics", ["metric", "value", "95 % interval"], retrievalRows(retrieval)),
          figure(intervalBars(bars), "Each metric, and its 95 % interval over the choice of queries (bootstrap)."),
          more("What the metrics mean", facts("Each is a mean over the queries", meanings)),
        ],
      },
    ],
    origin: { ...run, seed: question.seed },
  };
}
