import { basename, resolve } from "node:path";
import { Command } from "commander";
import type { Matrix } from "kindred";
import { columnMeans, fillGaps } from "../../data/gaps.ts";
import { checkSameWidth } from "../../data/sameWidth.ts";
import { InputError } from "../../door/inputError.ts";
import { runNote } from "../../door/runNote.ts";
import { claimFile } from "../../files/outputs/outputFile.ts";
import type { NamedPath } from "../../files/places/samePlace.ts";
import { addFlags, flag, flagValues, toggle, type FlagValues } from "../../flags/flag.ts";
import { integer, numberFrom, text } from "../../flags/readers.ts";
import { shared } from "../../flags/shared.ts";
import { tableFlags } from "../../flags/tableFlags.ts";
import { columnsOfHead, embedWithHead } from "../../head/embedWithHead.ts";
import { headFiles } from "../../head/headFiles.ts";
import { loadHead } from "../../head/headFolder.ts";
import { toHtml } from "../../report/page.ts";
import type { ColumnsLike } from "../../tables/columns/columnRequest.ts";
import {
  columnFigures,
  columnLines,
  placeLines,
  withoutLabel,
  type UsedColumns,
} from "../../tables/columns/usedColumns.ts";
import type { VectorTable } from "../../tables/columns/vectorTable.ts";
import { openDataSet, openVectors } from "../../tables/openVectors.ts";
import { openCounter } from "../../terminal/counter.ts";
import { besideResult, type Terminal } from "../../terminal/terminal.ts";
import { csvLines, matchColumns, matchesOf, type Match, type MatchRows } from "./matchLines.ts";
import { matchReport } from "./matchReport.ts";
import { calibrationSentence, matchVerdict, type MatchSummary } from "./matchText.ts";
import { available, calibrate, matchBlocks, type MatchQuestion } from "./matchVectors.ts";

/** Gallery rows a query, where there are as many. */
const USUAL_K = 5;

const flags = {
  ...tableFlags,
  label: flag(
    "--label <column>",
    "the gallery's column with the labels, by name or number from 1 (default: found by its name or content); in the queries it is passed over",
    text,
  ),
  labels: flag("--labels <file>", "a file with the gallery's labels: one a line, .csv or .npy", text),
  k: flag("--k <count>", `gallery rows a query (default: ${USUAL_K})`, integer(1)),
  threshold: flag("--threshold <score>", "a cosine from which on a gallery row is a match", numberFrom(-1, 1)),
  calibrate: toggle("--calibrate", "find the threshold with the best F1 from the gallery's labels", ["threshold"]),
  head: shared.head,
  json: shared.json,
  out: flag(
    "--out <file>",
    "a file to write the matches to, .csv (with --json: .json), instead of printing them",
    text,
  ),
  report: flag("--report <file>", "a file to write a report with a picture of the best scores to, .html", text),
};
type Given = FlagValues<typeof flags>;

/** `kindred match <gallery> <queries>`. @param args the command line, which the report tells */
export function matchCommand(terminal: Terminal, args: readonly string[]): Command {
  const command = new Command("match")
    .summary("the nearest gallery rows of each query")
    .description(
      "Looks for the gallery rows nearest to each query, by cosine, and prints them as csv: query, rank, galleryRow, label, score, isMatch, and queryId and galleryId where rows have identifiers. " +
        "Rows count from 1, without the header. Columns go by name where both files have names. Given one file as both, no row matches itself.",
    )
    .argument("<gallery>", "vectors to look among: .csv (or .tsv) or .npy, with labels if there are any")
    .argument("<queries>", "vectors to look for: .csv (or .tsv) or .npy");
  return addFlags(command, flags).action((gallery: string, queries: string) =>
    match([gallery, queries], flagValues(command, flags), terminal, args),
  );
}

function match(
  [galleryPath, queriesPath]: readonly [string, string],
  given: Given,
  terminal: Terminal,
  args: readonly string[],
): void {
  const { json, out, report } = given;
  const inputs = inputsOf(galleryPath, queriesPath, given);
  const list = claimFile(out, "--out", inputs);
  const page = claimFile(report, "--report", [...inputs, ["--out", out]]);
  // the matches have standard output to themselves; what is said about them goes beside it
  const words = out === null ? besideResult(terminal) : terminal;
  const { question, rows, used } = open(galleryPath, queriesPath, given);
  const { gallery, labels, k } = question;
  const calibration = given.calibrate ? calibrate(basename(galleryPath), gallery, labels!) : null;
  const threshold = calibration?.threshold ?? given.threshold;
  // a refusal is a sentence alone
  for (const line of used.lines) words.say(line);
  if (calibration !== null) words.say(calibrationSentence(calibration));
  const total = (question.queries ?? gallery).rows;
  const counter = openCounter(words, "queries", total);
  const bestScores: number[] = [];
  const matches: Match[] = [];
  const columns = matchColumns(rows);
  const lines: string[] = [columns.join(",")];
  const streams = !json && out === null;
  for (const block of matchBlocks(question)) {
    for (let i = 0; i < block.rows; i++) bestScores.push(block.scores[i * k]);
    const found = matchesOf(block, rows, threshold);
    if (json) for (const each of found) matches.push(each);
    else lines.push(csvLines(found, columns));
    if (streams) terminal.print(lines.splice(0).join("\n"));
    counter.advance(block.start + block.rows);
  }
  counter.close();
  const summary: MatchSummary = {
    galleryName: basename(galleryPath),
    galleryRows: gallery.rows,
    queriesName: basename(queriesPath),
    k,
    threshold,
    calibration,
    bestScores,
    matched: threshold === null ? null : bestScores.filter((score) => score >= threshold).length,
  };
  const result = json ? JSON.stringify(figures(summary, used, matches), null, 2) : lines.join("\n");
  if (list !== null) list.write(`${result}\n`);
  else if (json) terminal.print(result);
  page?.write(toHtml(matchReport(summary, runNote(args))));
  words.say(matchVerdict(summary), "strong");
  const written = [out, report].filter((path) => path !== null);
  if (written.length > 0) words.say(`Written to ${written.join(" and ")}.`);
}

/** What is read, by name. */
function inputsOf(gallery: string, queries: string, { labels, head }: Given): NamedPath[] {
  return [
    ["the gallery", gallery],
    ["the queries", queries],
    ["--labels", labels],
    ...headFiles(head).map((file): NamedPath => ["--head", file]),
  ];
}

/** Which columns of the files are used, and the lines that say so. */
interface MatchColumns {
  readonly gallery: UsedColumns;
  /** null: the gallery's rows are matched with each other. */
  readonly queries: UsedColumns | null;
  readonly lines: readonly string[];
}

/** Reads the files, and embeds what is in them. */
function open(
  galleryPath: string,
  queriesPath: string,
  given: Given,
): { question: MatchQuestion; rows: MatchRows; used: MatchColumns } {
  const head = given.head === null ? null : loadHead(given.head);
  const wanted = columnsOfHead(head);
  const gallery = openGallery(galleryPath, given, wanted);
  const like = wanted?.names ? wanted : { names: gallery.used.names, of: gallery.used.file };
  const queries = resolve(galleryPath) === resolve(queriesPath) ? null : openQueries(queriesPath, given, like);
  if (queries !== null) checkSameWidth(galleryPath, gallery.vectors, queriesPath, queries.vectors);
  const means = given.missing === "mean" ? columnMeans(gallery.vectors) : null;
  const embedded = (path: string, { vectors }: Pick<VectorTable, "vectors">): Matrix =>
    embedWithHead(head, path, means === null ? vectors : fillGaps(vectors, means, gallery.used.names));
  const sides = { gallery: embedded(galleryPath, gallery), queries: queries && embedded(queriesPath, queries) };
  const rows: MatchRows = {
    labels: gallery.labels,
    galleryIds: gallery.ids,
    galleryNumbers: gallery.rowNumbers,
    queryIds: (queries ?? gallery).ids,
    queryNumbers: (queries ?? gallery).rowNumbers,
  };
  const lines = [...columnLines(gallery.used), ...placeLines(gallery.used, wanted)];
  if (queries !== null) lines.push(...columnLines(queries.used), ...placeLines(queries.used, like));
  return {
    question: { ...sides, labels: gallery.labels, k: chosenK(galleryPath, given.k, sides) },
    rows,
    used: { gallery: gallery.used, queries: queries?.used ?? null, lines },
  };
}

/** @throws InputError when the gallery has too few rows */
function chosenK(path: string, given: number | null, sides: Pick<MatchQuestion, "gallery" | "queries">): number {
  const most = available(sides);
  const k = given ?? Math.min(USUAL_K, most);
  if (k <= most && most > 0) return k;
  throw new InputError(
    most === 0
      ? `${path} has one row, which does not match itself; give a larger gallery`
      : `--k is ${k}, but ${sides.queries === null ? "a row" : "a query"} has ${most} gallery rows to choose from; give k <= ${most}`,
  );
}

/** The gallery, with its labels where they are needed or there are any. */
function openGallery(
  path: string,
  given: Given,
  like: ColumnsLike | null,
): Pick<VectorTable, "vectors" | "labels" | "ids" | "rowNumbers" | "used"> {
  const request = { ...given, like, isOptional: false };
  return given.calibrate || given.labels !== null ? openDataSet(path, request) : openVectors(path, request);
}

/** @param like what the columns of the queries must be like */
function openQueries(path: string, given: Given, like: ColumnsLike): VectorTable {
  // with labels of their own in a file, the gallery's column is no column of the queries
  const label = given.labels === null ? given.label : null;
  const columns = like.names === null ? given.columns : [];
  const queries = openVectors(path, { ...given, label, columns, like, isOptional: true });
  return { ...queries, used: withoutLabel(queries.used) };
}

/** What --json prints. */
function figures(
  { bestScores, ...summary }: MatchSummary,
  { gallery, queries }: MatchColumns,
  matches: readonly Match[],
): object {
  const columns = { gallery: columnFigures(gallery), queries: queries && columnFigures(queries) };
  return { ...summary, queries: bestScores.length, columns, matches };
}
