import type { LossClass } from "./examples.mjs";

/** The picture of a loss, as an SVG. */
export function drawLoss(kindred: object, LossClass: LossClass): string;
