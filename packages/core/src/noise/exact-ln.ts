/**
 * ln x for 0 < x ≤ 1, the same bits on every platform, where `Math.log` may differ between engines. From x = m · 2⁻ᵏ with m in [√½, √2):
 * ln m = 2 artanh((m − 1) / (m + 1)), k ln 2 taken off.
 */
export function exactLn(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let series = 0;
  // |ratio| ≤ 0.172, so the first term left out is below 1e-17 of the sum.
  for (let k = 23; k >= 1; k -= 2) series = series * square + 1 / k;
  return 2 * ratio * series + exponent * Math.LN2;
}
