import { useEffect, useState } from 'preact/hooks';
import { FAST_MS, poolOf, usePools, zoneOf } from '../../data.ts';
import { Budget } from '../../parts/budget.tsx';
import { Cells, Legend } from '../../parts/cells.tsx';
import { Heading } from '../../parts/heading.tsx';
import { Empty, isMissing, Loading, MissingRoute, ProblemNote } from '../../parts/note.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Said } from '../../parts/said.tsx';
import { Time } from '../../parts/time.tsx';
import { sentence } from '../../sentences.ts';
import { type Answer, read } from '../../state/api.ts';
import { useResource } from '../../state/resource.ts';
import { addressOf, place, routeOf } from '../../state/router.ts';
import { counted, nodeWords, verbOf } from '../../text/words.ts';
import type { NodesPage, PoolNode, Pool as Shown } from '../../types.ts';
import { ReadingAge, Restraints } from '../now/pool-band.tsx';

/** One pool with all of its nodes, its budget, and what waits. */
export function Pool({ name }: { name: string }) {
  const { problem } = usePools();
  const pool = poolOf(name);
  if (pool) return <Whole pool={pool} />;
  return (
    <div class="view">
      <Heading title={name} />
      {isMissing(problem.value) ? <MissingRoute what="pools" /> : <ProblemNote problem={problem.value} />}
      {!problem.value && <Absent />}
    </div>
  );
}

function Absent() {
  const { value } = usePools();
  return value.value ? <Empty title="The rules file has no such pool" /> : <Loading />;
}

function Whole({ pool }: { pool: Shown }) {
  const { id, name, budget, nodes: { total = 0, states = {} } = {} } = pool;
  const state = place.value.query.get('state') ?? undefined;
  return (
    <div class="view">
      <Heading title={name} before={<a href={addressOf([])}>Pools</a>} beside={<ReadingAge pool={pool} />}>
        <p class="dim">
          {counted(total, 'node')} · <code>{id}</code>
        </p>
      </Heading>
      <section class="panel card" aria-label="Nodes">
        <div class="pool-foot">
          <Legend
            states={states}
            to={(one) => addressOf(['pools', id], { state: one === state ? undefined : one })}
          />
          {state !== undefined && <a href={addressOf(['pools', id])}>Show all</a>}
        </div>
        <AllNodes pool={pool} state={state} />
        <div class="pool-foot">
          {budget && <Budget budget={budget} />}
          <Restraints pool={pool} />
          <a class="end" href={addressOf(['remediations'], { pool: name })}>
            Its remediations
          </a>
        </div>
        {budget?.why !== undefined && <p class="dim">{sentence(budget.why)}</p>}
      </section>
      <div class="halves">
        <OutOfService pool={pool} />
        <Held pool={pool} />
        <WaitList pool={pool} />
        <Windows pool={pool} />
      </div>
    </div>
  );
}

/** All nodes, page by page: a pool may have ten thousand. A state shows only those in it, with their reasons. */
function AllNodes({ pool: { id, name }, state }: { pool: Shown; state: string | undefined }) {
  const path = routeOf(['pools', id, 'nodes'], { state, limit: '1000' });
  const { value, problem } = useResource<NodesPage>(path, FAST_MS);
  const [more, setMore] = useState<{ path: string; nodes: readonly PoolNode[] }>({ path, nodes: [] });
  const next = value.value?.next;
  useEffect(() => {
    if (next === undefined) return undefined;
    const reading = new AbortController();
    void readOn(path, next, reading.signal, (nodes) => setMore({ path, nodes }));
    return () => reading.abort();
  }, [path, next]);
  const first = value.value?.nodes;
  if (!first) return problem.value ? <ProblemNote problem={problem.value} /> : <Loading />;
  const nodes = more.path === path && next !== undefined ? [...first, ...more.nodes] : first;
  if (nodes.length === 0)
    return <p class="dim">No node is {state === undefined ? 'known' : nodeWords(state).word}.</p>;
  if (state !== undefined) return <NodeLines nodes={nodes} />;
  return (
    <>
      {[...Map.groupBy(nodes, ({ nodePool = '' }) => nodePool)].map(([nodePool, own]) => (
        <div key={nodePool} class="stack node-pool">
          <h2 class="dim small">
            {nodePool === '' ? 'in no node pool' : nodePool} <span class="faint">{own.length}</span>
          </h2>
          <Cells nodes={own} label={`Nodes of ${name}, ${nodePool}`} />
        </div>
      ))}
    </>
  );
}

/** Reads the pages behind the first one, and shows each as it comes. */
async function readOn(
  path: string,
  from: string,
  signal: AbortSignal,
  show: (nodes: readonly PoolNode[]) => void,
): Promise<void> {
  let nodes: readonly PoolNode[] = [];
  for (let cursor: string | undefined = from; cursor !== undefined; ) {
    const answer: Answer<NodesPage> = await read<NodesPage>(`${path}&cursor=${encodeURIComponent(cursor)}`);
    if (signal.aborted || answer.kind !== 'value') return;
    nodes = [...nodes, ...answer.value.nodes];
    cursor = answer.value.next;
    show(nodes);
  }
}

const MOST_LINES = 300;

function NodeLines({ nodes }: { nodes: readonly PoolNode[] }) {
  return (
    <>
      <ul class="list">
        {nodes.slice(0, MOST_LINES).map((node) => (
          <li key={node.node}>
            <span class={`cell cell-${node.state}`} aria-hidden="true">
              {nodeWords(node.state).letter}
            </span>
            <a href={addressOf(['nodes', node.node], { pool: node.pool })}>{node.node}</a>
            <span class="dim grow">
              <Said text={node.why} zone={zoneOf(node.pool)} />
            </span>
            <span class="dim mono">{node.address}</span>
          </li>
        ))}
      </ul>
      {nodes.length > MOST_LINES && <p class="dim">{nodes.length - MOST_LINES} more are not listed.</p>}
    </>
  );
}

function OutOfService({
  pool: { id, outOfService = [], outOfServiceTotal = outOfService.length },
}: {
  pool: Shown;
}) {
  if (outOfService.length === 0) return null;
  return (
    <Panel title="Out of service" aside={outOfServiceTotal}>
      <ul class="list">
        {outOfService.map(({ node, by, why, remediation }) => (
          <li key={node}>
            <a href={addressOf(['nodes', node], { pool: id })}>{node}</a>
            <span class="dim end">{by === 'poolkeeper' ? 'by Poolkeeper' : 'not by Poolkeeper'}</span>
            <span class="small dim full">
              {sentence(why)}{' '}
              {remediation !== undefined && (
                <a href={addressOf(['remediations', remediation])}>Its remediation</a>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Held({ pool: { held = [] } }: { pool: Shown }) {
  if (held.length === 0) return null;
  return (
    <Panel title="Being worked on" aside={held.length}>
      <ul class="list">
        {held.map(({ node, nodePool, remediation, action, since, disruptive }) => (
          <li key={`${remediation}-${node ?? nodePool ?? ''}`}>
            <a href={addressOf(['remediations', remediation])}>
              {action === undefined ? '' : `${verbOf(action)} `}
              {node ?? nodePool}
            </a>
            <span class="dim end">
              <Time at={since} />
              {disruptive === false && ', stays in service'}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function WaitList({ pool: { waiting = [], waitingTotal = waiting.length, window } }: { pool: Shown }) {
  if (waiting.length === 0) return null;
  return (
    <Panel title="Wait list, oldest first" aside={waitingTotal}>
      <ul class="list">
        {waiting.map(({ remediation, action, since, why, waitsFor, until }) => (
          <li key={remediation}>
            <a class="cut grow" href={addressOf(['remediations', remediation])}>
              {action === undefined ? remediation : `${verbOf(action)}: ${remediation}`}
            </a>
            <span class="dim">
              <Time at={since} zone={window?.zone} />
            </span>
            <span class="small dim full">
              <Said
                text={why ?? (waitsFor === undefined ? '' : `it waits for: ${waitsFor}`)}
                zone={window?.zone}
              />{' '}
              {until !== undefined && (
                <>
                  Checked again <Time at={until} zone={window?.zone} />.
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Windows({ pool: { window, windows = [] } }: { pool: Shown }) {
  const all = windows.length > 0 ? windows : window ? [window] : [];
  const bounded = all.filter(({ next, open, rules = [] }) => next !== undefined || !open || rules.length > 0);
  if (bounded.length === 0) return null;
  return (
    <Panel title="Maintenance window">
      <ul class="list">
        {bounded.map(({ open, next, zone, rules = [] }, index) => (
          <li key={index}>
            <span>
              {open ? 'Open' : 'Closed'}
              {next !== undefined && (
                <>
                  , {open ? 'closes' : 'opens'} <Time at={next} zone={zone} full />
                </>
              )}
            </span>
            <span class="small dim full">
              {[zone, ...rules.map((rule) => (typeof rule === 'string' ? rule : JSON.stringify(rule)))]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
