const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** A span in the notation of the rules file: the two largest units, such as `2d 6h` or `90s`. */
export function formatSpan(spanMs: number): string {
  const seconds = Math.round(spanMs / 1000);
  if (seconds < 120 && seconds % 60 !== 0) return `${seconds}s`;
  let left = seconds * 1000;
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(left / unitMs);
    left -= count * unitMs;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ') || `${seconds}s`;
}
