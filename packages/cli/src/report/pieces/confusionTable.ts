import type { Confusion } from "kindred";
import { count } from "../../terminal/format.ts";
import { shorten } from "../../terminal/wrap.ts";
import type { Html } from "./html.ts";
import { table, type Cell } from "./table.ts";

/** Pairs of classes that a page shows. */
const MOST_PAIRS = 10;
const LABEL_LETTERS = 40;
const CAPTION_LETTERS = 60;

/** Confusions of some vectors, and what a table calls them. */
interface ConfusionColumn {
  readonly title: string;
  readonly confusions: readonly Confusion<string>[];
}

/**
 * The classes taken for one another, the most often confused first, each pair with an example.
 *
 * @param column whose pairs are shown
 * @param captions of the rows that were asked about, and of those that they were compared with
 * @param beside the same pairs in other vectors
 */
export function confusionTable(
  column: ConfusionColumn,
  captions: { readonly queries: readonly string[]; readonly references: readonly string[] },
  beside: ConfusionColumn | null = null,
): Html {
  const others = new Map(beside?.confusions.map((confusion) => [pairKey(confusion), confusion]));
  const rows = column.confusions.slice(0, MOST_PAIRS).map((confusion): Cell[] => {
    const [{ query, reference }] = confusion.examples;
    const [first, second] = confusion.labels.map((label) => shorten(label, LABEL_LETTERS));
    return [
      {
        text: `${first} and ${second}`,
        note: `${shorten(captions.queries[query], CAPTION_LETTERS)} has ${shorten(captions.references[reference], CAPTION_LETTERS)} nearest`,
      },
      ...(beside === null ? [] : [count(total(others.get(pairKey(confusion))))]),
      {
        text: count(total(confusion)),
        note: confusion.taken
          .map((taken, k) => `${count(taken)}\u00a0of\u00a0${count(confusion.queries[k])}`)
          .join(" and "),
      },
    ];
  });
  const columns = ["classes, and an example", ...(beside === null ? [] : [beside.title]), column.title];
  return table("Queries of two classes that have one of the other nearest", columns, rows);
}

function total(confusion: Confusion<string> | undefined): number {
  return confusion === undefined ? 0 : confusion.taken[0] + confusion.taken[1];
}

function pairKey({ labels }: Confusion<string>): string {
  return JSON.stringify([...labels].sort());
}
