import { Random } from "kindred";
import type { DataSet } from "./dataSet.ts";
import { part } from "./part.ts";
import { rowsOfClasses } from "./rowsOfClasses.ts";

const MOST_CLASSES = 10;
const MOST_POINTS = 700;

/** The largest classes, and of each about as many samples, at random. */
export function chooseForPicture(data: DataSet, seed: number): DataSet {
  const random = new Random(seed);
  const several = rowsOfClasses(data.labels).filter((rows) => rows.length > 1);
  const largest = several.sort((a, b) => b.length - a.length).slice(0, MOST_CLASSES);
  const most = Math.floor(MOST_POINTS / Math.max(1, largest.length));
  return part(
    data,
    largest.flatMap((rows) => random.shuffle([...rows]).slice(0, most)),
  );
}
