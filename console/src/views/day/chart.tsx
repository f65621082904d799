import { useEffect, useRef } from 'preact/hooks';
import { theme } from '../../state/theme.ts';
import { clockIn } from '../../text/time.ts';
import { type Curve, HOUR_MS } from './day-data.ts';

type ChartProps = {
  curve: Curve;
  limit: number | undefined;
  zone: string | undefined;
  fromMs: number;
  nowMs: number;
  label: string;
};

const HEIGHT = 150;

/** The nodes out of service against the budget, as a curve. Its label has the same in words. */
export function Chart({ curve, limit, zone, fromMs, nowMs, label }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chosen = theme.value;
  useEffect(() => {
    const target = place.current;
    if (!target) return undefined;
    const drawn = draw(target, { curve, limit, zone, fromMs, nowMs });
    return () => void drawn.then((remove) => remove());
  }, [curve, limit, zone, fromMs, nowMs, chosen]);
  return <div class="chart" ref={place} role="img" aria-label={label} />;
}

/** A colour of the theme as a canvas takes it. */
function colourOf(target: HTMLElement, name: string): string {
  target.style.color = `var(${name})`;
  return getComputedStyle(target).color;
}

/** Draws the curve, and follows the width of its place. @returns what removes it. */
async function draw(
  target: HTMLElement,
  { curve, limit, zone, fromMs, nowMs }: Omit<ChartProps, 'label'>,
): Promise<() => void> {
  const { default: UPlot } = await import('uplot');
  const colour = (name: string): string => colourOf(target, name);
  const axis = {
    stroke: colour('--dim'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  const steps = {
    points: { show: false },
    ...(UPlot.paths.stepped && { paths: UPlot.paths.stepped({ align: 1 }) }),
  };
  const most = Math.max(limit ?? 0, ...curve.out, 1);
  const plot = new UPlot(
    {
      width: Math.max(200, target.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 0, 0, 0],
      scales: { x: { time: false, range: [fromMs / 1_000, nowMs / 1_000] }, y: { range: [0, most + 1] } },
      axes: [
        {
          ...axis,
          space: 70,
          size: 24,
          incrs: [HOUR_MS / 1_000, (3 * HOUR_MS) / 1_000, (6 * HOUR_MS) / 1_000],
          values: (_, ticks) =>
            ticks.map((seconds) => clockIn(zone, new Date(seconds * 1_000).toISOString()).slice(0, 5)),
        },
        { ...axis, size: 30, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000] },
      ],
      series: [
        {},
        { ...steps, stroke: colour('--blue'), fill: colour('--blue-soft'), width: 2 },
        { ...steps, stroke: colour('--amber'), width: 1.5, dash: [5, 4] },
      ],
    },
    [curve.atMs.map((atMs) => atMs / 1_000), [...curve.out], curve.atMs.map(() => limit ?? null)],
    target,
  );
  const observer = new ResizeObserver(() =>
    plot.setSize({ width: Math.max(200, target.clientWidth), height: HEIGHT }),
  );
  observer.observe(target);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
}
