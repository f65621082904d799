import { useCallback, useMemo } from 'preact/hooks';
import { FAST_MS, poolName, usePools, zoneOf } from '../../data.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { Heading } from '../../parts/heading.tsx';
import { Empty, Loading, ProblemNote } from '../../parts/note.tsx';
import { Time } from '../../parts/time.tsx';
import { useNarrow } from '../../parts/use-narrow.ts';
import { WindowList } from '../../parts/window-list.tsx';
import { useList } from '../../state/list.ts';
import { addressOf, place, routeOf } from '../../state/router.ts';
import { plainly } from '../../text/said.ts';
import { counted, originOf, titleOf } from '../../text/words.ts';
import type { Remediation } from '../../types.ts';
import { Filters, hasFilters, SPANS_MS } from './filters.tsx';

/** The ledger, newest first, with its filters in the address. */
export function Remediations() {
  usePools();
  const { query } = place.value;
  const list = useList(usePath(query), FAST_MS);
  const { rows, hasMore, isLoading, problem, loadMore } = list;
  const isNarrow = useNarrow();
  const onNearEnd = useCallback(loadMore, [rows, hasMore]);
  return (
    <div class="view">
      <Heading title="Remediations">
        <p class="dim">
          {rows
            ? `${counted(rows.length, 'remediation')}${hasMore ? ' so far: more come as you scroll' : ''}`
            : 'Every action, and every decision against one.'}
        </p>
      </Heading>
      <Filters />
      <ProblemNote problem={problem} />
      {!rows && !problem && <Loading />}
      {rows?.length === 0 && <NothingFound hasMore={hasMore} />}
      {rows && rows.length > 0 && (
        <div class="panel list-panel">
          <WindowList
            rows={rows}
            rowHeight={isNarrow ? 76 : 46}
            label="Remediations, newest first"
            keyOf={({ id }) => id}
            onNearEnd={onNearEnd}
          >
            {(remediation) => <Row remediation={remediation} />}
          </WindowList>
        </div>
      )}
      {isLoading && <p class="dim small">Loading older ones …</p>}
    </div>
  );
}

function NothingFound({ hasMore }: { hasMore: boolean }) {
  return hasFilters(place.value.query) ? (
    <Empty title="No remediation matches">
      {hasMore ? 'The newest ones do not. ' : ''}
      <a href={addressOf(['remediations'])}>Show all</a>
    </Empty>
  ) : (
    <Empty title="No remediation yet">
      Poolkeeper opens one for each alert that a rule takes up, and for each command.
    </Empty>
  );
}

/** The route for the filters. A span such as `24h` begins when the person chooses it, so that the path stays the same. */
function usePath(query: URLSearchParams): string {
  const given = query.toString();
  return useMemo(() => {
    const { since, ...filters } = Object.fromEntries(new URLSearchParams(given));
    const spanMs = SPANS_MS[since ?? ''];
    const from = spanMs === undefined ? since : new Date(Date.now() - spanMs).toISOString();
    return routeOf(['remediations'], { ...filters, since: from, limit: '50', receipts: 'none' });
  }, [given]);
}

function Row({ remediation }: { remediation: Remediation }) {
  const { id, state, pool, why, createdAt } = remediation;
  return (
    <a class="ledger-row" href={addressOf(['remediations', id])}>
      <span class="ledger-state">
        <StateBadge state={state} />
      </span>
      <span class="ledger-what cut">
        <strong>{titleOf(remediation, 1)}</strong> <span class="dim">{plainly(why, zoneOf(pool))}</span>
      </span>
      <span class="ledger-pool dim cut">{poolName(pool)}</span>
      <span class="ledger-origin dim cut">{originOf(remediation)}</span>
      <span class="ledger-time dim nowrap">
        <Time at={createdAt} />
      </span>
    </a>
  );
}
