import { useEffect, useMemo, useState } from 'preact/hooks';
import { knownPools, SLOW_MS, usePools, zoneOf } from '../../data.ts';
import { Heading } from '../../parts/heading.tsx';
import { Empty, Loading, Note, ProblemNote } from '../../parts/note.tsx';
import { type Problem, read } from '../../state/api.ts';
import { addressOf, place, routeOf } from '../../state/router.ts';
import { token } from '../../state/session.ts';
import { clockIn, zoneNote } from '../../text/time.ts';
import { counted } from '../../text/words.ts';
import type { Delivery, EventsPage, Pool, Remediation, RemediationsPage } from '../../types.ts';
import { Chart } from './chart.tsx';
import { binned, curveOf, DAY_MS, type Moment, momentsOf, peakOf } from './day-data.ts';
import { Lanes } from './lanes.tsx';
import { Stats } from './stats.tsx';

/** The most pages of a hundred that the view reads: a day with more is drawn in part, and says so. */
const MOST_PAGES = 10;

type DayData = {
  fromMs: number;
  nowMs: number;
  events: readonly Delivery[];
  remediations: readonly Remediation[];
  isWhole: boolean;
};

/** The last day of each pool: alerts, decisions, calls, and the nodes out of service against the budget. */
export function Day() {
  usePools();
  const { data, problem } = useDay();
  const asked = place.value.query.get('pool') ?? undefined;
  const pools = knownPools.value.length > 0 ? knownPools.value : data ? poolsIn(data) : [];
  const shown = pools.filter(({ id, name }) => asked === undefined || id === asked || name === asked);
  return (
    <div class="view">
      <Heading title="The last day">
        <p class="dim">Alerts, decisions and calls of 24 hours, in quarters of an hour.</p>
        {pools.length > 1 && (
          <p class="row">
            <a href={addressOf(['day'])} aria-current={asked === undefined ? 'true' : undefined}>
              all pools
            </a>
            {pools.map(({ id, name }) => (
              <a
                key={id}
                href={addressOf(['day'], { pool: name })}
                aria-current={asked === name ? 'true' : undefined}
              >
                {name}
              </a>
            ))}
          </p>
        )}
      </Heading>
      {!data && <ProblemNote problem={problem} />}
      {!data && !problem && <Loading />}
      {data?.isWhole === false && (
        <Note tint="amber">
          The day has more than this page reads: the oldest hours may lack alerts and decisions.
        </Note>
      )}
      {data && shown.map((pool) => <PoolDay key={pool.id} pool={pool} data={data} />)}
      {data && asked === undefined && <Unassigned data={data} />}
      {asked === undefined && <Stats />}
    </div>
  );
}

function PoolDay({ pool, data }: { pool: Pool; data: DayData }) {
  const { id, name, budget } = pool;
  const { fromMs, nowMs, events, remediations } = data;
  const zone = zoneOf(id);
  const moments = useMemo(
    () => momentsOf(id, events, remediations).filter(({ atMs }) => atMs >= fromMs),
    [data, id],
  );
  const curve = useMemo(() => curveOf(id, remediations, fromMs, nowMs), [data, id]);
  const peak = peakOf(curve);
  const limit = budget?.limit;
  const when = clockIn(zone, new Date(peak.atMs).toISOString()).slice(0, 5);
  const most =
    peak.count === 0
      ? 'Poolkeeper took no node out of service'
      : `Poolkeeper had at most ${counted(peak.count, 'node')} out of service at once, at ${when}`;
  const said = `${most}${limit === undefined ? '' : `; the budget allows ${limit}`}.`;
  return (
    <section class="panel card" aria-label={`The last day of ${name}`}>
      <div class="row">
        <h2>
          <a href={addressOf(['pools', id])}>{name}</a>
        </h2>
        <span class="dim">{said}</span>
        {moments.length > 0 && <ZoneNote zone={zone} atMs={nowMs} />}
      </div>
      {moments.length === 0 ? (
        <Empty title="A quiet day">No alert, no decision and no call.</Empty>
      ) : (
        <>
          <div class="curve-legend small dim">
            <span class="swatch swatch-out" /> out of service by Poolkeeper{' '}
            <span class="swatch swatch-limit" /> budget
          </div>
          <Chart curve={curve} limit={limit} zone={zone} fromMs={fromMs} nowMs={nowMs} label={said} />
          <Lanes bins={binned(moments, fromMs)} fromMs={fromMs} zone={zone} />
          <Moments moments={moments} zone={zone} />
        </>
      )}
    </section>
  );
}

/** Pools have zones of their own, and what belongs to none has that of the browser: each card says which. */
function ZoneNote({ zone, atMs }: { zone: string | undefined; atMs: number }) {
  return <span class="dim small more">{zoneNote(zone, new Date(atMs).toISOString())}</span>;
}

const MOST_MOMENTS = 100;

/** The same as the drawing, in words. */
function Moments({ moments, zone }: { moments: readonly Moment[]; zone: string | undefined }) {
  const newest = moments.slice(-MOST_MOMENTS).toReversed();
  return (
    <details>
      <summary class="small">All {counted(moments.length, 'moment')} in words, newest first</summary>
      <ul class="list">
        {newest.map(({ atMs, kind, text, href, to }, index) => (
          <li key={index}>
            <span class="dim mono">{clockIn(zone, new Date(atMs).toISOString())}</span>
            <span class={`badge tint-${TINTS[kind]}`}>{kind}</span>
            <a
              class="grow"
              href={href === 'why' ? addressOf(['why'], { q: to }) : addressOf(['remediations', to])}
            >
              {text}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}

const TINTS = { alert: 'amber', decision: 'violet', call: 'blue' } as const;

/** Alerts that no rule has assigned to a pool. */
function Unassigned({ data }: { data: DayData }) {
  const moments = momentsOf(undefined, data.events, []).filter(({ atMs }) => atMs >= data.fromMs);
  if (moments.length === 0) return null;
  return (
    <section class="panel card" aria-label="Alerts of no pool">
      <div class="row">
        <h2>Without a pool</h2>
        <span class="dim">
          {counted(moments.length, 'alert')} without effect: no rule has assigned them to a pool.
        </span>
        <ZoneNote zone={undefined} atMs={data.nowMs} />
      </div>
      <Lanes bins={binned(moments, data.fromMs)} fromMs={data.fromMs} zone={undefined} kinds={['alert']} />
      <Moments moments={moments} zone={undefined} />
    </section>
  );
}

/** Pools that the data names, for a version without `GET /pools`. */
function poolsIn({ remediations }: DayData): Pool[] {
  return [...new Set(remediations.map(({ pool }) => pool))].map((id) => ({ id, name: id }));
}

/** Reads the day, and reads it again from time to time. */
function useDay(): { data: DayData | undefined; problem: Problem | undefined } {
  const [data, setData] = useState<DayData>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function readOnce(): Promise<void> {
      if (!document.hidden && token.value !== undefined) {
        const answer = await readDay(Date.now());
        if (isOver) return;
        if ('fromMs' in answer) setData(answer);
        setProblem('fromMs' in answer ? undefined : answer);
      }
      timer = setTimeout(() => void readOnce(), SLOW_MS);
    }
    void readOnce();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
  return { data, problem };
}

async function readDay(nowMs: number): Promise<DayData | Problem> {
  const fromMs = nowMs - DAY_MS;
  const since = new Date(fromMs).toISOString();
  const [remediations, events] = await Promise.all([
    readPages<RemediationsPage>(routeOf(['remediations'], { since, limit: '100' })),
    readPages<EventsPage>(routeOf(['events'], { since, limit: '100' })),
  ]);
  if ('status' in remediations) return remediations;
  if ('status' in events) return events;
  return {
    fromMs,
    nowMs,
    remediations: remediations.pages.flatMap((page) => page.remediations),
    events: events.pages.flatMap((page) => page.events),
    isWhole: remediations.isWhole && events.isWhole,
  };
}

async function readPages<Page extends { next?: string }>(
  path: string,
  pages: Page[] = [],
): Promise<{ pages: readonly Page[]; isWhole: boolean } | Problem> {
  let cursor = '';
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const answer = await read<Page>(`${path}${cursor}`);
    if (answer.kind === 'problem') return answer.problem;
    if (answer.kind === 'unchanged') break;
    pages.push(answer.value);
    const { next } = answer.value;
    if (next === undefined) return { pages, isWhole: true };
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
  return { pages, isWhole: false };
}
