/** A curve of measurements. Both axes begin at zero, unless `logarithmic` says that x has powers of ten. */
export type Curve = {
  title: string;
  x: string;
  y: string;
  points: readonly (readonly [number, number])[];
  logarithmic?: boolean;
};

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [480, 240, 56, 16, 36, 44];

/** A picture of a curve, for light and dark pages. */
export function svgOf({ title, x, y, points, logarithmic = false }: Curve): string {
  const placed = points.map(
    ([at, value]) => [logarithmic ? Math.log10(Math.max(at, 1)) : at, value] as const,
  );
  const mostX = Math.max(...placed.map(([at]) => at), 1e-9);
  const mostY = Math.max(...placed.map(([, value]) => value), 1e-9) * 1.1;
  const across = (at: number): number => Math.round(LEFT + (at / mostX) * (WIDTH - LEFT - RIGHT));
  const up = (value: number): number =>
    Math.round(HEIGHT - BOTTOM - (value / mostY) * (HEIGHT - TOP - BOTTOM));
  const line = placed.map(([at, value]) => `${across(at)},${up(value)}`).join(' ');
  const dots = placed.map(([at, value]) => `<circle cx="${across(at)}" cy="${up(value)}" r="3"/>`);
  const marks = placed.map(
    ([at], index) =>
      `<text x="${across(at)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${short(points[index]?.[0])}</text>`,
  );
  const heights = [0, 0.5, 1].map((part) => {
    const value = (mostY / 1.1) * part;
    return `<text x="${LEFT - 6}" y="${up(value) + 4}" text-anchor="end">${short(value)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11" fill="#888">
<title>${title}</title>
<text x="${LEFT}" y="18" font-size="13">${title}</text>
<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" stroke="#888" fill="none"/>
<polyline points="${line}" stroke="#2a7de1" stroke-width="2" fill="none"/>
<g fill="#2a7de1">${dots.join('')}</g>
${[...marks, ...heights].join('\n')}
<text x="${(LEFT + WIDTH) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${x}</text>
<text x="12" y="${(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" transform="rotate(-90 12 ${(TOP + HEIGHT - BOTTOM) / 2})">${y}</text>
</svg>
`;
}

function short(value = 0): string {
  return value >= 1000 ? `${Number((value / 1000).toFixed(1))}k` : String(Number(value.toPrecision(3)));
}
