import type { ComponentChildren } from 'preact';
import { CALM_MS, FAST_MS, poolName, usePools, zoneOf } from '../../data.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { Heading } from '../../parts/heading.tsx';
import { Empty, Loading, ProblemNote } from '../../parts/note.tsx';
import { Facts, Panel, RawJson } from '../../parts/panel.tsx';
import { Said } from '../../parts/said.tsx';
import { Time } from '../../parts/time.tsx';
import { useResource } from '../../state/resource.ts';
import { addressOf, routeOf } from '../../state/router.ts';
import { nodeWords, verbOf } from '../../text/words.ts';
import type { EventsPage, NodeDetail, RemediationState, RemediationsPage } from '../../types.ts';
import { Deliveries } from '../why/deliveries.tsx';

/** One node: its state, what is done to it, and its history. */
export function Node({ name, pool }: { name: string; pool: string | undefined }) {
  usePools();
  const { value, problem } = useResource<NodeDetail>(routeOf(['nodes', name], { pool }), FAST_MS);
  const events = useResource<EventsPage>(routeOf(['events'], { node: name, limit: '20' }), CALM_MS).value
    .value;
  const ledger = useResource<RemediationsPage>(
    routeOf(['remediations'], { node: name, limit: '20', receipts: 'none' }),
    CALM_MS,
  ).value.value;
  const node = value.value;
  const remediations = node?.remediations ?? ledger?.remediations;
  return (
    <div class="view">
      <Heading
        title={name}
        before={
          node && (
            <>
              <a href={addressOf([])}>Pools</a> /{' '}
              <a href={addressOf(['pools', node.pool])}>{poolName(node.pool)}</a>
            </>
          )
        }
        beside={node && <NodeBadge state={node.state} />}
      >
        {node && (
          <p class="dim">
            <Said text={node.why} zone={zoneOf(node.pool)} />
          </p>
        )}
      </Heading>
      {!node && problem.value?.status === 404 && (
        <Empty title="No reading and no record of this node">
          It may be named otherwise. <a href={addressOf(['why'], { q: name })}>Ask why</a>
        </Empty>
      )}
      {!node && problem.value?.status !== 404 && <ProblemNote problem={problem.value} />}
      {!node && !problem.value && <Loading />}
      <div class="columns">
        <div class="stack">
          <Panel title="Remediations" aside="newest first">
            <History remediations={remediations} zone={zoneOf(node?.pool ?? pool)} />
          </Panel>
          <Panel title="Alerts that named it" aside="last 30 days">
            {events ? (
              <Deliveries events={events.events} none="No alert has named it." />
            ) : (
              <p class="dim">Not known yet.</p>
            )}
          </Panel>
        </div>
        {node && (
          <div class="stack">
            <Panel title="Facts">
              <NodeFacts node={node} />
            </Panel>
            <Firing node={node} />
            <Rounds node={node} />
            <Tags node={node} />
            <RawJson value={node} />
          </div>
        )}
      </div>
    </div>
  );
}

function NodeBadge({ state }: { state: NodeDetail['state'] }) {
  const { letter, word, means } = nodeWords(state);
  return (
    <span class="badge tint-grey" title={means}>
      <span class={`cell cell-small cell-${state}`} aria-hidden="true">
        {letter}
      </span>
      {word}
    </span>
  );
}

type Line = {
  id: string;
  action: string;
  state: RemediationState;
  why?: string | undefined;
  createdAt: string;
};

function History({
  remediations,
  zone,
}: {
  remediations: readonly Line[] | undefined;
  zone: string | undefined;
}) {
  if (!remediations) return <p class="dim">Not known yet.</p>;
  if (remediations.length === 0) return <p class="dim">Poolkeeper has done nothing to it yet.</p>;
  return (
    <ul class="list">
      {remediations.map(({ id, action, state, why, createdAt }) => (
        <li key={id}>
          <a href={addressOf(['remediations', id])}>{verbOf(action)}</a>
          <StateBadge state={state} />
          <span class="small dim end">
            <Time at={createdAt} zone={zone} />
          </span>
          <span class="dim full">
            <Said text={why} zone={zone} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function NodeFacts({ node }: { node: NodeDetail }) {
  const { phase, driver, nodePool, flavor, address, supernode, redundant, hold, cooldownUntil, pool } = node;
  const zone = zoneOf(pool);
  return (
    <Facts
      facts={[
        ['Phase', phase],
        ['Driver', textOf(driver)],
        ['Node pool', nodePool],
        ['Flavor', flavor],
        ['Supernode', supernode],
        ['HA redundancy', redundant === true && 'isolated as a redundant node'],
        ['Address', address !== undefined && <code key="address">{address}</code>],
        [
          'Held by',
          hold && (
            <a key="hold" href={addressOf(['remediations', hold.remediation])}>
              {hold.action === undefined ? 'a remediation' : verbOf(hold.action)}
            </a>
          ),
        ],
        ['Held since', hold?.since !== undefined && <Time key="since" at={hold.since} zone={zone} full />],
        [
          'Left alone until',
          cooldownUntil !== undefined && <Time key="until" at={cooldownUntil} zone={zone} full />,
        ],
      ]}
    />
  );
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'object'
    ? Object.values(value).filter(Boolean).map(String).join(' ')
    : JSON.stringify(value);
}

function Firing({ node: { alerts = [], pool } }: { node: NodeDetail }): ComponentChildren {
  if (alerts.length === 0) return null;
  return (
    <Panel title="Alerts firing now">
      <ul class="list">
        {alerts.map(({ alert, name, rule, since }) => (
          <li key={alert}>
            <a href={addressOf(['why'], { q: alert })}>{name ?? alert}</a>
            <span class="small dim end">
              <Time at={since} zone={zoneOf(pool)} />
            </span>
            {rule !== undefined && <span class="small dim full">Rule {rule}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Rounds({ node: { rounds = [] } }: { node: NodeDetail }): ComponentChildren {
  if (rounds.length === 0) return null;
  return (
    <Panel title="Rounds used">
      <ul class="list">
        {rounds.map(({ rule, used, limit, oldest }) => (
          <li key={rule}>
            <span>{rule}</span>
            <span class="end">
              {used}
              {limit !== undefined && ` of ${limit}`}
            </span>
            {oldest !== undefined && (
              <span class="small dim full">
                The oldest began <Time at={oldest} />.
              </span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Tags({ node: { tags = {} } }: { node: NodeDetail }): ComponentChildren {
  const pairs = Object.entries(tags).map(
    ([key, { value, at }]) =>
      [
        key,
        <>
          {value}{' '}
          <span class="small dim">
            <Time at={at} />
          </span>
        </>,
      ] as const,
  );
  if (pairs.length === 0) return null;
  return (
    <Panel title="Tags as applied">
      <Facts facts={pairs} />
    </Panel>
  );
}
