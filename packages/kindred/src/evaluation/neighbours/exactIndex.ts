import type { Distance } from "../../distances/distance.ts";
import { nearestNeighbours } from "./nearestNeighbours.ts";
import type { NeighbourIndex } from "./neighbourIndex.ts";
import type { RowReader } from "./rowReader.ts";
import { searchParts } from "./searchParts.ts";

/** Looks at every reference: at all at once where they are in memory, else part after part. */
export function exactIndex(reference: RowReader, distance: Distance): NeighbourIndex {
  const { matrix, rows } = reference;
  return {
    size: rows,
    search: (query, k) =>
      matrix === null
        ? searchParts(query, rows, (start, end) => reference.read(start, end), k, distance)
        : nearestNeighbours(query, matrix, k, { distance }),
  };
}
