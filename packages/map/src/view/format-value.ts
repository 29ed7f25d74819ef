/** A value of any size for people to read: four digits, as 0.01234 or −1.234e-7. */
export function formatValue(value: number): string {
  const size = Number(Math.abs(value).toPrecision(4));
  const text = size === 0 || (size >= 1e-3 && size < 1e6) ? String(size) : size.toExponential().replace("e+", "e");
  return value < 0 ? `−${text}` : text;
}

/** A share: 0.0123 is 1.2 %. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return percent !== 0 && percent < 0.01 ? "< 0.01 %" : `${Number(percent.toPrecision(percent < 10 ? 2 : 3))} %`;
}
