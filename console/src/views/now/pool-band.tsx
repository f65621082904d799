import { usePoolNodes } from '../../data.ts';
import { Budget } from '../../parts/budget.tsx';
import { Cells, Legend } from '../../parts/cells.tsx';
import { Time } from '../../parts/time.tsx';
import { sentence } from '../../sentences.ts';
import { now } from '../../state/clock.ts';
import { addressOf } from '../../state/router.ts';
import { counted } from '../../text/words.ts';
import type { Pool } from '../../types.ts';

/** One pool: its nodes as cells, its budget, and the reasons why work waits. */
export function PoolBand({ pool }: { pool: Pool }) {
  const { id, name, budget, nodes: { total = 0, states = {} } = {} } = pool;
  const { nodes, left } = usePoolNodes(pool);
  return (
    <section class="panel pool" aria-label={`Pool ${name}`}>
      <div class="panel-body stack">
        <div class="pool-head">
          <h2>
            <a href={addressOf(['pools', id])}>{name}</a>
          </h2>
          <span class="dim">{counted(total, 'node')}</span>
          <span class="small end">
            <ReadingAge pool={pool} />
          </span>
        </div>
        {nodes && nodes.length > 0 && <Cells nodes={nodes} label={`Nodes of ${name}`} />}
        {left > 0 && (
          <p class="small dim">{counted(left, 'node')} more are not drawn: nothing is wrong with them.</p>
        )}
        {nodes?.length === 0 && left === 0 && (
          <p class="dim">No reading of this pool has shown a node yet.</p>
        )}
        <div class="pool-foot">
          {budget && <Budget budget={budget} />}
          <Legend states={states} to={(state) => addressOf(['pools', id], { state })} />
          <Restraints pool={pool} />
        </div>
      </div>
    </section>
  );
}

/** An older reading is worth a second look. */
const OLD_MS = 6 * 60_000;

/** When the pool was last read, and whether that is too long ago. */
export function ReadingAge({ pool: { reading, failing } }: { pool: Pick<Pool, 'reading' | 'failing'> }) {
  if (failing) {
    return (
      <span class="badge tint-red" title={sentence(failing.why)}>
        not readable since <Time at={failing.since} />
      </span>
    );
  }
  if (!reading) return <span class="dim">never read</span>;
  const isOld = now.value - Date.parse(reading.at) > OLD_MS;
  return (
    <span class={isOld ? 'badge tint-amber' : 'dim'}>
      read <Time at={reading.at} />
    </span>
  );
}

/** The reasons why work waits: a storm, the breaker, a closed window, and the commands that wait. */
export function Restraints({ pool }: { pool: Pool }) {
  const { storm, breaker, window, windows = [], waiting = [], waitingTotal = waiting.length } = pool;
  const closed = [window, ...windows].find((one) => one?.open === false);
  const isBounded = [window, ...windows].some((one) => one?.next !== undefined);
  return (
    <>
      {storm && (
        <span class="badge tint-amber">
          storm since <Time at={storm.since} />
        </span>
      )}
      {breaker && (
        <span class="badge tint-red">
          breaker {breaker.state}
          {breaker.openUntil !== undefined && breaker.state === 'open' && (
            <>
              {' '}
              for <Time at={breaker.openUntil} />
            </>
          )}
        </span>
      )}
      {closed && (
        <span class="badge tint-grey" title="Disruptive work waits until the window opens">
          window closed
          {closed.next !== undefined && (
            <>
              , opens <Time at={closed.next} zone={closed.zone} />
            </>
          )}
        </span>
      )}
      {!closed && isBounded && (
        <span class="badge tint-green" title="Disruptive work is allowed now">
          window open
        </span>
      )}
      {waitingTotal > 0 && (
        <span class="badge tint-amber" title={sentence(waiting[0]?.waitsFor)}>
          {counted(waitingTotal, 'command')} {waitingTotal === 1 ? 'waits' : 'wait'}
        </span>
      )}
    </>
  );
}
