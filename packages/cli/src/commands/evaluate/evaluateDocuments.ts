import type { RunNote } from "../../door/runNote.ts";
import type { claimFile } from "../../files/outputs/outputFile.ts";
import { toHtml } from "../../report/page.ts";
import { columnFigures, type UsedColumns } from "../../tables/columns/usedColumns.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { DistanceName } from "./evaluateVectors.ts";
import { openRetrieval, type OpenedRetrieval, type RetrievalFiles } from "./openRetrieval.ts";
import { retrievalReport } from "./retrievalReport.ts";
import { retrievalText, retrievalVerdict } from "./retrievalText.ts";
import { retrieveVectors, type Retrieval } from "./retrievalVectors.ts";

/** How queries are judged, and where that is told. */
interface RetrievalFlags extends RetrievalFiles {
  readonly k: readonly number[] | null;
  readonly distance: DistanceName;
  readonly seed: number;
  readonly json: boolean;
  readonly out: string | null;
}

/** Where the figures go. */
interface Told {
  readonly terminal: Terminal;
  /** The report; null: none. */
  readonly page: ReturnType<typeof claimFile>;
  readonly run: RunNote;
}

/** Judges how queries find documents, and tells it. */
export function evaluateDocuments(path: string, given: RetrievalFlags, { terminal, page, run }: Told): void {
  const { json, out, k: depths, distance, seed } = given;
  const opened = openRetrieval(path, given);
  const question = { ...opened.question, depths, distance, seed };
  const retrieval = retrieveVectors(question);
  page?.write(toHtml(retrievalReport(question, retrieval, run)));
  if (json) return terminal.print(JSON.stringify(figures(opened, retrieval, given), null, 2));
  for (const line of opened.lines) terminal.say(line);
  terminal.say(`${retrievalText(question, retrieval, terminal.width)}\n`);
  terminal.say(retrievalVerdict(retrieval), "strong");
  if (out !== null) terminal.say(`\nWritten to ${out}.`);
}

/** What --json prints. */
function figures(
  { question, used }: OpenedRetrieval,
  { metrics, ...counts }: Retrieval,
  { head, distance, seed }: RetrievalFlags,
): object {
  const described = ({ name, vectors }: OpenedRetrieval["question"]["queries"], columns: UsedColumns): object => ({
    name,
    rows: vectors.rows,
    columns: vectors.cols,
    used: columnFigures(columns),
  });
  const { queries, documents, relevant, relevantName } = question;
  return {
    data: described(queries, used.queries),
    documents: described(documents, used.documents),
    relevant: { name: relevantName, pairs: relevant.pairs, isGraded: relevant.isGraded },
    distance,
    head,
    seed,
    ...counts,
    metrics: Object.fromEntries(metrics.map(({ name, value, interval }) => [name, { value, ...interval }])),
  };
}
