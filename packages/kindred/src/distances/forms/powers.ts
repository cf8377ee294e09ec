import { floatsAt } from "../../kernels/runtime.ts";

/** x <- x^power. */
export function takePower(pointer: number, count: number, power: number): void {
  if (power === 1) return;
  const values = floatsAt(pointer, count);
  for (let k = 0; k < count; k++) values[k] = values[k] ** power;
}

/** slope <- slope power base^(power - 1), 0 at the pole that powers below 1 have at 0. */
export function pullThroughPower(slopePointer: number, basePointer: number, count: number, power: number): void {
  if (power === 1) return;
  const slopes = floatsAt(slopePointer, count);
  const bases = floatsAt(basePointer, count);
  const exponent = power - 1;
  for (let k = 0; k < count; k++) slopes[k] *= bases[k] === 0 && exponent < 0 ? 0 : power * bases[k] ** exponent;
}
