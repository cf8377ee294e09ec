import { endianness } from "node:os";
import { basename } from "node:path";
import type { Matrix } from "kindred";
import { gapsIn } from "../../data/gaps.ts";
import { InputError } from "../../door/inputError.ts";
import { roomFor, withFile, type InputFile } from "../bytes/inputFile.ts";
import type { Missing } from "../columns/columnRequest.ts";
import { withoutGaps, type VectorTable } from "../columns/vectorTable.ts";
import { WordColumn } from "../columns/wordColumn.ts";
import { readNpyHeader, type NpyHeader } from "./npyHeader.ts";

/** Bytes read at a time. */
const PIECE = 1 << 22;

/**
 * An .npy file as a matrix of float32.
 *
 * @throws InputError when it is damaged, no table of numbers, or a number is beyond float32
 */
export function readNpyMatrix(path: string): Matrix {
  return withFile(path, (file) => matrixOf(file, tableHeader(file)));
}

/** How many rows an .npy file holds, by its header. @throws InputError when it is no table of numbers, or there are none */
export function npyRows(path: string): number {
  const [rows, cols] = withFile(path, (file) => tableHeader(file).shape);
  if (rows * cols === 0)
    throw new InputError(`${path} is empty (${rows} rows of ${cols} columns); give one vector a row`);
  return rows;
}

/**
 * An .npy file as a table without names.
 *
 * @throws InputError when it is no table of numbers, there are none, or a number is none
 */
export function readNpyTable(path: string, missing: Missing): VectorTable {
  npyRows(path);
  const vectors = checkNumbers(path, readNpyMatrix(path), missing !== "error");
  const used = {
    file: basename(path),
    names: null,
    count: vectors.cols,
    label: null,
    id: null,
    group: null,
    leftOut: [],
    rowsLeftOut: 0,
    filled: missing === "mean" ? gapsIn(vectors) : 0,
  };
  const none = { labels: null, ids: null, groups: null, rowNumbers: null, emptyLabel: null };
  return withoutGaps(path, { vectors, ...none, fileRows: vectors.rows, used }, missing);
}

/**
 * Labels from an .npy file of one column: whole numbers digit by digit, others as JavaScript writes them, strings without the spaces
 * around them.
 *
 * @throws InputError when it has more columns, or an entry is no label
 */
export function readNpyLabels(path: string): WordColumn {
  return withFile(path, (file) => {
    const header = readNpyHeader(file);
    const { type, shape } = header;
    if (shape.length !== 1 && !(shape.length === 2 && shape[1] === 1))
      throw new InputError(
        `${path} has the shape (${shape.join(", ")}); give one label a row, of shape (${shape[0] ?? 1},)`,
      );
    const labels = new WordColumn();
    forEachEntry(file, header, (view, at, k) => {
      const label = type.read(view, at);
      if (label === null || (typeof label === "number" && !Number.isFinite(label)))
        throw new InputError(
          `row ${k + 1} of ${path} holds ${label ?? "what is no text"} as its label; give a label, or leave the row out`,
        );
      labels.add(String(label).trim());
    });
    return labels;
  });
}

function tableHeader(file: InputFile): NpyHeader {
  const header = readNpyHeader(file);
  const { type, shape } = header;
  if (type.kind !== "number" || shape.length !== 2)
    throw new InputError(
      `${file.path} has the shape (${shape.join(", ")}) and entries of type ${type.name}; give a table of numbers, one row a vector`,
    );
  return header;
}

function matrixOf(file: InputFile, header: NpyHeader): Matrix {
  const { shape, count, isFortran, type } = header;
  const [rows, cols] = shape;
  const data = roomFor(file.path, count);
  if (type.name === "<f4" && !isFortran && endianness() === "LE") {
    file.fill(new Uint8Array(data.buffer), header.start);
    return { data, rows, cols };
  }
  forEachEntry(file, header, (view, at, k) => {
    const place = isFortran ? (k % rows) * cols + Math.floor(k / rows) : k;
    const value = Number(type.read(view, at));
    data[place] = value;
    if (Number.isFinite(value) && !Number.isFinite(data[place]))
      throw new InputError(
        `row ${Math.floor(place / cols) + 1} of ${file.path} holds ${value} in column ${(place % cols) + 1}, beyond what float32 holds (3.4e38); give smaller numbers`,
      );
  });
  return { data, rows, cols };
}

/** Calls `work` with a view that holds the k-th entry at `offset`, a piece of the file after the other. */
function forEachEntry(
  file: InputFile,
  { type: { size }, count, start }: NpyHeader,
  work: (view: DataView, offset: number, k: number) => void,
): void {
  const perPiece = Math.max(1, Math.floor(PIECE / size));
  for (let first = 0; first < count; first += perPiece) {
    const bytes = new Uint8Array(size * Math.min(perPiece, count - first));
    file.fill(bytes, start + size * first);
    const view = new DataView(bytes.buffer);
    for (let at = 0, k = first; at < bytes.length; at += size, k++) work(view, at, k);
  }
}

function checkNumbers(path: string, vectors: Matrix, mayMiss: boolean): Matrix {
  const { data, cols } = vectors;
  const wrong = data.findIndex((entry) => !Number.isFinite(entry) && !(mayMiss && Number.isNaN(entry)));
  if (wrong < 0) return vectors;
  const advice = Number.isNaN(data[wrong])
    ? "leave the row out (--missing drop), or fill it (--missing mean)"
    : "leave the row out";
  throw new InputError(
    `row ${Math.floor(wrong / cols) + 1} of ${path} holds ${data[wrong]} in column ${(wrong % cols) + 1}; give finite numbers, ${advice}`,
  );
}
