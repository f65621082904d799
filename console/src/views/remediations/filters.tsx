import { useEffect, useState } from 'preact/hooks';
import { knownPools } from '../../data.ts';
import { addressOf, place, setQuery } from '../../state/router.ts';

/** The states in groups, as people ask for them. */
const STATES: readonly (readonly [states: string, name: string])[] = [
  ['', 'any state'],
  ['submitting,running,verifying', 'in progress'],
  ['deferred', 'waiting'],
  ['awaiting-approval', 'needs approval'],
  ['needs-human', 'needs a person'],
  ['succeeded', 'succeeded'],
  ['failed,escalated', 'did not help'],
  ['skipped,observed,rejected', 'not done'],
];

const ACTIONS = [
  'reset-nodes',
  'update-nodes',
  'migrate-nodes',
  'update-node-pool',
  'delete-node-pool',
  'accept-event',
  'notify',
];

const HOUR_MS = 3_600_000;

/** Spans of time that an address may name. */
export const SPANS_MS: Readonly<Record<string, number>> = {
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
};

const NAMES = ['pool', 'state', 'action', 'rule', 'node', 'since', 'until'];

export function hasFilters(query: URLSearchParams): boolean {
  return NAMES.some((name) => query.has(name));
}

/** The filters of the ledger. Each one is in the address, so an address shows the same list to another person. */
export function Filters() {
  const { query } = place.value;
  const state = query.get('state') ?? '';
  const since = query.get('since') ?? '';
  return (
    <form class="filters" role="search" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <Choice
        name="state"
        label="State"
        value={state}
        options={STATES.some(([states]) => states === state) ? STATES : [...STATES, [state, state]]}
      />
      <Choice
        name="pool"
        label="Pool"
        value={query.get('pool') ?? ''}
        options={[['', 'any pool'], ...poolOptions(query.get('pool'))]}
      />
      <Choice
        name="action"
        label="Action"
        value={query.get('action') ?? ''}
        options={[['', 'any action'], ...ACTIONS.map((action) => [action, action] as const)]}
      />
      <Choice
        name="since"
        label="Since"
        value={since}
        options={[
          ['', 'any time'],
          ['1h', 'the last hour'],
          ['24h', 'the last day'],
          ['7d', 'the last week'],
          ['30d', 'the last month'],
          ...(since !== '' && SPANS_MS[since] === undefined ? [[since, since] as const] : []),
        ]}
      />
      <Words name="node" label="Node" />
      <Words name="rule" label="Rule" />
      {hasFilters(query) && (
        <a class="button" href={addressOf(['remediations'])}>
          Clear
        </a>
      )}
    </form>
  );
}

function poolOptions(asked: string | null): (readonly [string, string])[] {
  const named = knownPools.value.map(({ name }) => [name, name] as const);
  return asked === null || named.some(([name]) => name === asked) ? named : [...named, [asked, asked]];
}

type ChoiceProps = {
  name: string;
  label: string;
  value: string;
  options: readonly (readonly [value: string, name: string])[];
};

function Choice({ name, label, value, options }: ChoiceProps) {
  return (
    <label>
      <span class="hidden">{label}</span>
      <select
        class="input"
        value={value}
        onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value })}
      >
        {options.map(([option, shown]) => (
          <option key={option} value={option}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  );
}

/** How long a person pauses before the list follows. */
const PAUSE_MS = 300;

function Words({ name, label }: { name: string; label: string }) {
  const given = place.value.query.get(name) ?? '';
  const [typed, setTyped] = useState(given);
  useEffect(() => setTyped(given), [given]);
  useEffect(() => {
    if (typed.trim() === given) return undefined;
    const timer = setTimeout(() => setQuery({ [name]: typed.trim() }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label>
      <span class="hidden">{label}</span>
      <input
        class="input"
        type="search"
        placeholder={label}
        value={typed}
        spellcheck={false}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </label>
  );
}
