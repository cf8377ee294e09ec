import { principalComponents, Random, type Matrix } from "kindred";
import { UMAP } from "umap-js";
import { unitRows } from "../../data/unitRows.ts";

/** Where rows lie on a plane. */
export type Points = readonly (readonly [x: number, y: number])[];

/** Fewer rows than this have no neighbourhoods worth preserving. */
const FEWEST_FOR_UMAP = 30;

/**
 * Lays rows out on a plane so that neighbours stay neighbours: UMAP of their unit vectors, seeded. Few rows are laid out
 * along their principal components.
 *
 * Source: McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and Projection" (2018).
 */
export function onPlane(rows: Matrix, seed: number): Points {
  const unit = unitRows(rows);
  if (rows.rows < FEWEST_FOR_UMAP || rows.cols < 3) return alongComponents(unit);
  const random = new Random(seed);
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: 15,
    minDist: 0.15,
    nEpochs: 200,
    random: () => random.uniform(),
  });
  return umap.fit(toRows(unit)).map(([x, y]) => [x, y] as const);
}

function alongComponents(rows: Matrix): Points {
  if (rows.rows < 2) return toRows(rows).map(() => [0, 0] as const);
  if (rows.cols < 2) return toRows(rows).map(([x]) => [x, 0] as const);
  return toRows(principalComponents(rows, 2).transform(rows)).map(([x, y]) => [x, y] as const);
}

function toRows({ data, rows, cols }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}
