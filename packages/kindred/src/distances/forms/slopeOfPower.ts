/** d x^power / dx; 0 at the pole that powers below 1 have at 0. */
export function slopeOfPower(x: number, power: number): number {
  if (power === 1) return 1;
  return x === 0 && power < 1 ? 0 : power * x ** (power - 1);
}
