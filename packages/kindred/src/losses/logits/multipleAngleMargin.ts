import type { Margin } from "./logitRows.ts";

/**
 * psi(theta) = (-1)^k cos(m theta) - 2k for theta from k pi / m to (k + 1) pi / m: falls all the way from 1 at 0 to
 * 1 - 2m at pi. With c = cos(theta), cos(m theta) is the Chebyshev polynomial T_m(c) and its slope m U_{m-1}(c), both by
 * the recurrence p_{n+1} = 2 c p_n - p_{n-1}; no angle is divided by.
 */
export function multipleAngleMargin(m: number): Margin {
  return (c) => {
    const k = Math.floor(Math.acos(Math.max(-1, Math.min(1, c))) / (Math.PI / m));
    const sign = k % 2 === 0 ? 1 : -1;
    let [t, tNext] = [1, c];
    let [u, uNext] = [0, 1];
    for (let n = 0; n < m; n++) {
      [t, tNext] = [tNext, 2 * c * tNext - t];
      [u, uNext] = [uNext, 2 * c * uNext - u];
    }
    return { value: sign * t - 2 * k, slope: sign * m * u };
  };
}
