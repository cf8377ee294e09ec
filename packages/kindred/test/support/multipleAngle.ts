/**
 * (-1)^k cos(m theta) - 2k with the angle taken from its cosine, as the papers on L-Softmax and SphereFace write it. A
 * "cosine" beyond 1, which norms with p other than 2 make, has cos(m theta) by the multiple-angle formula, a polynomial.
 */
export function plainMultipleAngle(cosine: number, m: number): number {
  const theta = Math.acos(Math.max(-1, Math.min(1, cosine)));
  const k = Math.floor((theta * m) / Math.PI);
  let multiple = 0;
  for (let n = 0; 2 * n <= m; n++)
    multiple += (-1) ** n * binomial(m, 2 * n) * cosine ** (m - 2 * n) * (1 - cosine ** 2) ** n;
  return (-1) ** k * multiple - 2 * k;
}

function binomial(n: number, k: number): number {
  return k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k;
}
