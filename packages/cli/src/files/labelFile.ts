import { readFileSync } from "node:fs";
import { extname } from "node:path";
import Papa from "papaparse";
import { InputError } from "../door/inputError.ts";
import { nearest } from "../door/nearest.ts";
import { readNpy } from "./npyFile.ts";

/**
 * Labels from a file: .npy (numbers or strings), or text with one label a line; of a csv file with several columns, the
 * one named.
 *
 * @param column the column of a csv file, by name or by number from 1; null: the only one, or the one named "label"
 * @throws InputError when there are none, or the column is not there
 */
export function readLabels(path: string, column: string | null): string[] {
  const labels =
    extname(path).toLowerCase() === ".npy" ? Array.from(readNpy(path).entries, String) : readText(path, column);
  if (labels.length === 0) throw new InputError(`${path} holds no labels; give one a line`);
  return labels;
}

function decode(path: string, bytes: Uint8Array): string {
  if (!bytes.includes(0)) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      // answered below
    }
  }
  throw new InputError(`${path} is no text in UTF-8; give labels as text, one a line, as .csv or as .npy`);
}

function readText(path: string, column: string | null): string[] {
  const isTable = /\.(csv|tsv)$/i.test(path);
  const text = decode(path, readFileSync(path)).replace(/^\ufeff/, "");
  if (!isTable && column === null) {
    const lines = text.split(/\r?\n/);
    if (lines.at(-1) === "") lines.pop();
    return lines.map((line) => line.trim());
  }
  const { data } = Papa.parse<string[]>(text, { skipEmptyLines: true });
  if (data.length === 0) return [];
  const header = data[0].map((name) => name.trim());
  if (column !== null) {
    const named = header.indexOf(column);
    if (named >= 0) return data.slice(1).map((row) => (row[named] ?? "").trim());
    const numbered = Number(column) - 1;
    if (Number.isInteger(numbered) && numbered >= 0 && numbered < header.length)
      return data.map((row) => (row[numbered] ?? "").trim());
    throw new InputError(
      `${path} has no column ${JSON.stringify(column)}${nearest(column, header) || `; its columns are ${header.slice(0, 12).join(", ")}`}`,
    );
  }
  if (header.length === 1) {
    const rows = /^(labels?|class|category|target|y)$/i.test(header[0]) ? data.slice(1) : data;
    return rows.map((row) => row[0].trim());
  }
  const found = header.findIndex((name) => /^(labels?|class|category|target|y|species)$/i.test(name));
  if (found < 0)
    throw new InputError(
      `${path} has ${header.length} columns; name the labels' with --label, one of ${header.slice(0, 12).join(", ")}`,
    );
  return data.slice(1).map((row) => (row[found] ?? "").trim());
}
