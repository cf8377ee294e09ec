import { Command } from "commander";
import type { DataSet } from "../../data/dataSet.ts";
import { columnMeans, fillGaps } from "../../data/gaps.ts";
import { checkSameWidth } from "../../data/sameWidth.ts";
import { InputError } from "../../door/inputError.ts";
import { runNote } from "../../door/runNote.ts";
import { claimFile } from "../../files/outputs/outputFile.ts";
import type { NamedPath } from "../../files/places/samePlace.ts";
import { addFlags, choice, flag, flagValues, toggle, without, type FlagValues } from "../../flags/flag.ts";
import { integers, seedNumber, text } from "../../flags/readers.ts";
import { shared } from "../../flags/shared.ts";
import { tableFlags } from "../../flags/tableFlags.ts";
import { columnsOfHead, embedWithHead } from "../../head/embedWithHead.ts";
import { headFiles } from "../../head/headFiles.ts";
import { loadHead } from "../../head/headFolder.ts";
import { toHtml } from "../../report/page.ts";
import type { ColumnsLike } from "../../tables/columns/columnRequest.ts";
import { columnFigures, columnLines, placeLines } from "../../tables/columns/usedColumns.ts";
import { openDataSet, type OpenedData } from "../../tables/openVectors.ts";
import { openCounter } from "../../terminal/counter.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { evaluateDocuments } from "./evaluateDocuments.ts";
import { evaluateReport } from "./evaluateReport.ts";
import { evaluateText, evaluateVerdict } from "./evaluateText.ts";
import { evaluateVectors, type DistanceName, type EvaluateQuestion, type Evaluation } from "./evaluateVectors.ts";

/** What classes alone can be judged by. */
const ofClasses = ["label", "labels", "reference", "referenceLabels", "perClass", "clusters", "verification"];

const flags = {
  ...tableFlags,
  reference: flag(
    "--reference <file>",
    "labelled vectors to look for neighbours among (default: the other embeddings)",
    text,
  ),
  referenceLabels: flag("--reference-labels <file>", "a file with the reference's labels", text),
  documents: without(
    flag("--documents <file>", "documents to find for each query: vectors with identifiers; with --relevant", text),
    ofClasses,
  ),
  relevant: without(
    flag(
      "--relevant <file>",
      "a table of pairs: the identifiers of a query and of a document that is relevant to it and, if there is one, a grade",
      text,
    ),
    ofClasses,
  ),
  k: flag(
    "--k <counts>",
    "neighbours for precision@k and recall@k, separated by commas (default: 1,5,10)",
    integers(1),
  ),
  perClass: toggle("--per-class", "list the worst and the best classes"),
  clusters: toggle("--clusters", "compare k-means clusters with the classes, too: NMI and AMI"),
  verification: toggle("--verification", "judge all pairs by a threshold, too: EER and TAR@FAR 1e-3"),
  head: shared.head,
  distance: choice<DistanceName>(
    "--distance <name>",
    "how far apart embeddings are",
    ["cosine", "euclidean"],
    "cosine",
  ),
  seed: flag("--seed <number>", "of all that is random: intervals, clusters, the picture", seedNumber, 0),
  json: shared.json,
  out: shared.report,
};
type Given = FlagValues<typeof flags>;

/** Pairs of confused classes that --json prints. */
const MOST_PAIRS = 100;

/** `kindred evaluate <embeddings>`. @param args the command line, which the report tells */
export function evaluateCommand(terminal: Terminal, args: readonly string[]): Command {
  const command = new Command("evaluate")
    .summary("how well embeddings tell classes apart")
    .description(
      "Looks for the neighbours of each embedding and tells how many are of its class: precision@k, recall@k, R-precision, MAP@R, MRR and nDCG, " +
        "with 95 % intervals. Every pair is looked at. With --documents and --relevant the embeddings are queries, and it tells how well they find " +
        "what is relevant to them: MRR@10, nDCG@10, MAP@100, recall@k.",
    )
    .argument("<embeddings>", "vectors: .csv (or .tsv) with a column of labels, or .npy with --labels");
  return addFlags(command, flags).action((path: string) => evaluate(path, flagValues(command, flags), terminal, args));
}

function evaluate(path: string, given: Given, terminal: Terminal, args: readonly string[]): void {
  const { json, perClass, out, documents, relevant } = given;
  if ((documents === null) !== (relevant === null))
    throw new InputError(
      `${documents === null ? "--relevant is given without --documents" : "--documents is given without --relevant"}; give both or neither`,
    );
  const page = claimFile(out, "--out", inputsOf(path, given));
  if (documents !== null && relevant !== null) {
    const run = runNote(args);
    return evaluateDocuments(path, { ...given, documents, relevant }, { terminal, page, run });
  }
  const { question, lines, ...opened } = open(path, given);
  const counter = json ? null : openCounter(terminal, "queries", question.queries.labels.length);
  const evaluation = evaluateVectors(question, (done) => counter?.advance(done));
  counter?.close();
  page?.write(toHtml(evaluateReport(question, evaluation, runNote(args))));
  if (json) return terminal.print(JSON.stringify(figures(question, opened, evaluation, given), null, 2));
  for (const line of lines) terminal.say(line);
  terminal.say(`${evaluateText(question, evaluation, { perClass, width: terminal.width })}\n`);
  terminal.say(evaluateVerdict(evaluation), "strong");
  if (out !== null) terminal.say(`\nWritten to ${out}.`);
}

/** What is read, by name. */
function inputsOf(path: string, { labels, reference, referenceLabels, documents, relevant, head }: Given): NamedPath[] {
  return [
    ["the embeddings", path],
    ["--documents", documents],
    ["--relevant", relevant],
    ["--labels", labels],
    ["--reference", reference],
    ["--reference-labels", referenceLabels],
    ...headFiles(head).map((file): NamedPath => ["--head", file]),
  ];
}

/** The files of an evaluation. */
interface Opened {
  readonly queries: OpenedData;
  readonly reference: OpenedData | null;
}

/** Reads the files, and embeds what is in them. */
function open(path: string, given: Given): Opened & { question: EvaluateQuestion; lines: readonly string[] } {
  if (given.reference === null && given.referenceLabels !== null)
    throw new InputError("--reference-labels is given without --reference; give both or neither");
  const head = given.head === null ? null : loadHead(given.head);
  const wanted = columnsOfHead(head);
  const queries = openDataSet(path, { ...given, like: wanted, isOptional: false });
  const { names, file } = queries.used;
  const like = wanted?.names ? wanted : { names, of: file };
  const reference = given.reference === null ? null : openReference(given.reference, given, like);
  if (reference !== null) checkSameWidth(path, queries.vectors, given.reference!, reference.vectors);
  const means = given.missing === "mean" ? columnMeans((reference ?? queries).vectors) : null;
  const embedded = (from: string, data: OpenedData): DataSet => ({
    ...data,
    vectors: embedWithHead(head, from, means === null ? data.vectors : fillGaps(data.vectors, means, names)),
  });
  const { k: depths, distance, clusters, verification, seed } = given;
  const lines = [...columnLines(queries.used), ...placeLines(queries.used, wanted)];
  if (reference !== null) lines.push(...columnLines(reference.used), ...placeLines(reference.used, like));
  return {
    question: {
      queries: embedded(path, queries),
      reference: reference && embedded(given.reference!, reference),
      ...{ depths, distance, clusters, verification, seed },
    },
    queries,
    reference,
    lines,
  };
}

/** @param like what its columns must be like */
function openReference(path: string, given: Given, like: ColumnsLike): OpenedData {
  const columns = like.names === null ? given.columns : [];
  return openDataSet(path, { ...given, labels: given.referenceLabels, columns, like, isOptional: true });
}

/** What --json prints. */
function figures(
  { queries, reference }: EvaluateQuestion,
  opened: Opened,
  evaluation: Evaluation,
  { perClass, head, distance, seed }: Given,
): object {
  const described = ({ name, labels, vectors }: DataSet, { used }: OpenedData): object => ({
    name,
    rows: labels.length,
    classes: new Set(labels).size,
    columns: vectors.cols,
    used: columnFigures(used),
  });
  const { metrics, evaluated, singletons, confusions, verification, classes, faults } = evaluation;
  return {
    data: described(queries, opened.queries),
    reference: reference && described(reference, opened.reference!),
    distance,
    head,
    seed,
    queries: evaluation.queries,
    references: evaluation.references,
    evaluated,
    singletons,
    faults,
    metrics: Object.fromEntries(metrics.map(({ name, value, interval }) => [name, { value, ...interval }])),
    // rows count from 1, as in the output of match
    confusions: confusions.slice(0, MOST_PAIRS).map(({ examples, ...pair }) => ({
      ...pair,
      examples: examples.map(({ query, reference: row }) => ({ query: query + 1, reference: row + 1 })),
    })),
    ...(verification !== null && { verification }),
    ...(perClass && { classes }),
  };
}
