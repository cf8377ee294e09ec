import { basename, extname } from "node:path";
import type { Matrix } from "kindred";
import { checkVectors } from "../data/checkVectors.ts";
import type { DataSet } from "../data/dataSet.ts";
import { InputError } from "../door/inputError.ts";
import { checkFile } from "./checkFile.ts";
import { readCsv, type CsvColumns } from "./csvFile.ts";
import { readLabels } from "./labelFile.ts";
import { readNpyMatrix } from "./npyFile.ts";

/** Where labels come from. */
interface LabelSource extends CsvColumns {
  /** A file of its own with the labels; null: a column of the csv file. */
  readonly labels: string | null;
}

/** Vectors from a file, and its own labels where it has any. */
export async function openVectors(
  path: string,
  columns: CsvColumns,
): Promise<{ vectors: Matrix; labels: readonly string[] | null }> {
  checkFile(path);
  const extension = extname(path).toLowerCase();
  if (extension === ".npy") return { vectors: checkVectors(path, readNpyMatrix(path)), labels: null };
  if ([".csv", ".tsv", ".txt"].includes(extension)) return readCsv(path, columns);
  throw new InputError(`${path} is of type ${JSON.stringify(extension)}; give a .csv, .tsv or .npy file`);
}

/**
 * Labelled vectors from files.
 *
 * @throws InputError when a file is missing, damaged, or there is not one label a vector
 */
export async function openDataSet(path: string, source: LabelSource): Promise<DataSet> {
  if (source.labels !== null) checkFile(source.labels);
  const isOwn = source.labels === null;
  const { vectors, labels: own } = await openVectors(path, isOwn ? source : { label: null, ignore: source.ignore });
  const labels = isOwn ? own : readLabels(source.labels, source.label);
  if (labels === null)
    throw new InputError(
      extname(path).toLowerCase() === ".npy"
        ? `${path} holds vectors only; give their labels with --labels <file>, one a row`
        : `no column of ${path} looks like labels; name it with --label <column>, or give --labels <file>`,
    );
  if (labels.length !== vectors.rows)
    throw new InputError(
      `${source.labels} has ${labels.length} labels for ${vectors.rows} vectors; each row needs one label`,
    );
  const empty = labels.findIndex((label) => label === "");
  if (empty >= 0) throw new InputError(`the label of row ${empty + 1} is empty; name it, or leave the row out`);
  return { name: basename(path), vectors, labels, captions: null };
}
