export { addTranspose, gemm, heapBase, mirror, movePanels, panelBytes } from "./gemm";
export { countAbove, hinge, step } from "./hinge";
export { exceeding } from "./select";
export { pullClosePairs, squaredFromProducts } from "./squared";
export {
  absoluteDistance,
  addScaled,
  affine,
  divideBy,
  dot,
  expInPlace,
  maximum,
  minimum,
  squareRoot,
  squaredDistance,
  sum,
} from "./vector";
