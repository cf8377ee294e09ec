import type { Matrix } from "kindred";
import { count, plural } from "../terminal/format.ts";

/**
 * What makes figures on vectors mean little, a sentence each; none for sound vectors.
 *
 * @param name of the file, for the sentences
 */
export function vectorFaults(name: string, { data, rows, cols }: Matrix, isByDirection: boolean): string[] {
  if (rows > 1 && areAllAlike(data, cols))
    return [`All ${count(rows)} vectors of ${name} are the same, so that the order of the rows decides who is near.`];
  if (!isByDirection) return [];
  let zeros = 0;
  for (let start = 0; start < data.length; start += cols)
    if (data.subarray(start, start + cols).every((entry) => entry === 0)) zeros++;
  if (zeros === 0) return [];
  const [are, have, their] = zeros === 1 ? ["is", "has", "its"] : ["are", "have", "their"];
  return [
    `${plural(zeros, "vector")} of ${name} ${are} zero and ${have} no direction, so that ${their} neighbours mean nothing.`,
  ];
}

function areAllAlike(data: Float32Array, cols: number): boolean {
  return data.every((entry, k) => entry === data[k % cols]);
}
