import { clockIn } from '../../text/time.ts';
import { counted } from '../../text/words.ts';
import { BIN_MS, type binned, DAY_MS } from './day-data.ts';

type Bins = ReturnType<typeof binned>;
type Kind = keyof Bins;

const KINDS: readonly Kind[] = ['alert', 'decision', 'call'];
const COUNT = DAY_MS / BIN_MS;
const HEIGHT = 22;

type LanesProps = { bins: Bins; fromMs: number; zone: string | undefined; kinds?: readonly Kind[] };

/** Lanes of alerts, decisions and calls: a bar for each quarter of an hour, as high as their number. */
export function Lanes({ bins, fromMs, zone, kinds = KINDS }: LanesProps) {
  return (
    <div class="lanes">
      {kinds.map((kind) => (
        <Lane key={kind} kind={kind} counts={bins[kind]} fromMs={fromMs} zone={zone} />
      ))}
    </div>
  );
}

function Lane({
  kind,
  counts,
  fromMs,
  zone,
}: {
  kind: Kind;
  counts: readonly number[];
  fromMs: number;
  zone: string | undefined;
}) {
  const most = Math.max(1, ...counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const said = counted(total, kind);
  return (
    <div class="lane">
      <span class="small dim">{said}</span>
      <svg
        class={`lane-${kind}`}
        viewBox={`0 0 ${COUNT} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={said}
      >
        {counts.map((count, index) => {
          if (count === 0) return null;
          const height = 5 + (HEIGHT - 5) * (count / most);
          return (
            <rect key={index} x={index + 0.1} width={0.8} y={HEIGHT - height} height={height}>
              <title>{`${clockIn(zone, new Date(fromMs + index * BIN_MS).toISOString()).slice(0, 5)}: ${counted(count, kind)}`}</title>
            </rect>
          );
        })}
      </svg>
    </div>
  );
}
