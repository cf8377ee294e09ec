import { namingWords, type ColumnRequest } from "../columns/columnRequest.ts";
import { columnRoles, type ColumnRoles } from "./columnRoles.ts";
import { ColumnSample } from "./columnSample.ts";
import { isHeader, namesOf, numbersOf } from "./header.ts";
import type { CsvRecord } from "./recordReader.ts";
import { isRoleName } from "./roleNames.ts";

/** What the first records tell of a file. */
export interface CsvLayout {
  readonly hasHeader: boolean;
  /** Of all columns; their numbers from 1 where there is no header. */
  readonly names: readonly string[];
  readonly roles: ColumnRoles;
}

/** @throws InputError when the columns asked for are not there */
export function csvLayout(path: string, first: readonly CsvRecord[], request: ColumnRequest): CsvLayout {
  const [head, ...body] = first.map(({ fields }) => fields);
  const words = namingWords(request);
  const hasHeader = isHeader(head, body, (word) => isRoleName(word) || words.has(word)) || isLike(head, request);
  const names = hasHeader ? namesOf(head) : numbersOf(head.length);
  // columns without names go by their place, whatever they are to be like
  const asked = hasHeader ? request : { ...request, like: null };
  const sample = new ColumnSample(hasHeader ? body : [head, ...body], head.length);
  return { hasHeader, names, roles: columnRoles(path, names, sample, asked) };
}

/** Whether a record holds all names of what it is to be like: they may be numbers. */
function isLike(fields: readonly string[], { like }: ColumnRequest): boolean {
  if (!like?.names) return false;
  const there = new Set(fields.map((field) => field.trim()));
  return like.names.every((name) => there.has(name));
}
