import { inLine } from "../../terminal/clean.ts";
import { count, decimal, percent, plural } from "../../terminal/format.ts";
import { textTable } from "../../terminal/textTable.ts";
import { metricTitle } from "./metricTitle.ts";
import type { Retrieval, RetrievalQuestion } from "./retrievalVectors.ts";

/** What has come out, in a sentence or two. */
export function retrievalVerdict(retrieval: Retrieval): string {
  const { metrics, evaluated, leftOut, missing, strangers, faults } = retrieval;
  const { value, interval } = metrics.find(({ name }) => name === "ndcgAt10")!;
  const deepest = metrics.filter(({ name }) => name.startsWith("recallAt")).at(-1);
  const found =
    deepest === undefined
      ? ""
      : `; of what is relevant, ${percent(deepest.value)} are among the first ${deepest.name.slice("recallAt".length)}`;
  const sentences = [
    `nDCG@10 of ${plural(evaluated, "query", "queries")} is ${decimal(value)} ` +
      `(95 % interval: ${decimal(interval.low)} to ${decimal(interval.high)})${found}.`,
  ];
  if (leftOut > 0) sentences.push(`${plural(leftOut, "query is", "queries are")} left out: no document is relevant.`);
  if (strangers > 0)
    sentences.push(
      `${plural(strangers, "query", "queries")} of the pairs ${strangers === 1 ? "is" : "are"} not among the queries.`,
    );
  if (missing > 0)
    sentences.push(
      `${plural(missing, "relevant document is", "relevant documents are")} not among the documents, and count${missing === 1 ? "s" : ""} as not found.`,
    );
  return [...sentences, ...faults].join(" ");
}

/** What was compared, in a line. */
export function retrievalLine({ queries, documents, relevant, relevantName, distance }: RetrievalQuestion): string {
  const by = distance === "cosine" ? "cosine similarity" : "Euclidean distance";
  return (
    `${inLine(queries.name)}: ${plural(queries.ids.length, "query", "queries")}, ${plural(queries.vectors.cols, "column")}; ` +
    `among ${count(documents.ids.length)} documents of ${inLine(documents.name)}, by ${by}; ` +
    `${plural(relevant.pairs, relevant.isGraded ? "graded pair" : "pair")} of ${inLine(relevantName)}.`
  );
}

/** The rows of the table of metrics: title, value, interval. */
export function retrievalRows({ metrics }: Retrieval): string[][] {
  return metrics.map(({ name, value, interval }) => [
    metricTitle(name),
    decimal(value),
    `${decimal(interval.low)} to ${decimal(interval.high)}`,
  ]);
}

/** What the terminal shows before the verdict. @param width columns that its lines may have */
export function retrievalText(question: RetrievalQuestion, retrieval: Retrieval, width: number): string {
  return `${retrievalLine(question)}\n\n${textTable(["", "value", "95 % interval"], retrievalRows(retrieval), width)}`;
}
