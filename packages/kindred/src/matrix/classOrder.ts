/** Rows ordered by their class. */
export interface ClassOrder {
  /** The row at each place: the rows of class c, ascending, at order[starts[c]] .. order[starts[c + 1] - 1]. */
  readonly order: Int32Array;
  readonly starts: Int32Array;
}

/** The rows of each class one after the other. */
export function orderByClass(codes: Int32Array, classes: number): ClassOrder {
  const starts = new Int32Array(classes + 1);
  for (const code of codes) starts[code + 1]++;
  for (let c = 0; c < classes; c++) starts[c + 1] += starts[c];
  const next = starts.slice(0, classes);
  const order = new Int32Array(codes.length);
  for (let i = 0; i < codes.length; i++) order[next[codes[i]]++] = i;
  return { order, starts };
}

/** The place of each row in an order of all rows. */
export function placesOf(order: Int32Array): Int32Array {
  const places = new Int32Array(order.length);
  for (let place = 0; place < order.length; place++) places[order[place]] = place;
  return places;
}
