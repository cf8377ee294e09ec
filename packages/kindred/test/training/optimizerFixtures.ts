import type { Optimizer } from "../../src/training/optimizer.ts";

const slope = [0.1, -0.2, 0.3, 1.5];

/** Steps `from` .. `to` - 1 on a 2 x 2 parameter; the slope of step t is (t + 1) (-1)^t times a fixed one. */
export function steps(optimizer: Optimizer, data = new Float32Array([1, -2, 0.5, 3]), from = 0, to = 4): Float32Array {
  for (let t = from; t < to; t++) {
    const gradient = Float32Array.from(slope, (entry) => entry * (t + 1) * (-1) ** t);
    optimizer.update({ W: { data, rows: 2, cols: 2 } }, { W: { data: gradient, rows: 2, cols: 2 } });
  }
  return data;
}

export function fourSteps(optimizer: Optimizer): Float32Array {
  return steps(optimizer);
}
