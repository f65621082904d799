import { canBePoolId, poolOf } from '../pool.ts';
import { whensOf } from './matchers.ts';
import { type Check, type CheckedFile, type Found, ownRulesOf, poolsOfRule, writtenAt } from './warning.ts';

/** Labels that name something else than a node. */
const NOT_NODES: readonly string[] = [
  'alertname',
  'alertgroup',
  'severity',
  'job',
  'pod',
  'pod_name',
  'container',
  'namespace',
  'deployment',
  'service',
  'condition',
  'device',
  'card',
  'card_id',
  'gpu',
  'npu',
  'prometheus',
  'region',
];

/** Rules whose alerts name no node, or could name any pool. */
export const namedNodesAndPools: Check = (file) => [
  ...ownRulesOf(file).flatMap(({ rule: { node }, path }): Found[] => {
    const odd = node.every(({ kind, key }) => kind === 'labels' && NOT_NODES.includes(key));
    const labels = node.map(({ key }) => key).join(' and ');
    const reason = `${labels} is no name or address of a node, so each alert of the rule is ignored or goes to a person: use a label such as labels.node or labels.instance`;
    return odd ? [{ code: 'not-a-node', path: [...path, 'node', 'from'], reason }] : [];
  }),
  ...anyPool(file),
];

function anyPool(file: CheckedFile): Found[] {
  if (file.rules.pools.length === 1) return [];
  const reason =
    'each sender of such an alert may name every pool of this file. To limit this, list the pools, as in { from: labels.pool, of: [train-a] }';
  const ofRules = ownRulesOf(file).filter(({ rule: { pool } }) => !('name' in pool) && !pool.of);
  const pack = writtenAt(file.written, ['pack', 'pool']);
  const isOpen = typeof pack === 'object' && pack !== null && 'from' in pack && !('of' in pack);
  const paths = [
    ...ofRules
      .map(({ path }) => [...path, 'pool'])
      .filter((path) => writtenAt(file.written, path) !== undefined),
    ...(isOpen ? [['pack', 'pool']] : []),
  ];
  return paths.map((path) => ({ code: 'any-pool', path, reason }));
}

/** Pools with an unusual id, and pools, senders and topics that nothing uses. */
export const unused: Check = (file) => [
  ...oddIds(file),
  ...unusedPools(file),
  ...unusedSenders(file),
  ...unusedTopics(file),
];

function oddIds({ rules: { pools } }: CheckedFile): Found[] {
  return pools.flatMap(({ name, id }) =>
    canBePoolId(id)
      ? []
      : [
          {
            code: 'unusual-pool-id',
            path: ['pools', name, 'id'],
            reason: `${JSON.stringify(id)} does not have the form of a pool id (36 to 63 lower-case letters, digits and hyphens), so the API hardly knows it: use metadata.name of the pool, not its display name`,
          },
        ],
  );
}

function unusedPools({ rules, written }: CheckedFile): Found[] {
  const { pools, rules: all, tagPolicies, schedules } = rules;
  if (all.length + tagPolicies.length + schedules.length === 0) return [];
  const destinations = [
    ...all.flatMap(({ ladder, onResolved = [] }) => [...ladder, ...onResolved]),
    ...schedules,
  ].map((work) => ('parameters' in work ? work.parameters['toPoolName'] : undefined));
  const used = new Set([
    ...all.flatMap((rule) => poolsOfRule(rule, rules)),
    ...[...tagPolicies, ...schedules].map(({ pool }) => pool),
    ...[...destinations, writtenAt(written, ['pack', 'quarantine'])].flatMap((reference) =>
      typeof reference === 'string' ? (poolOf(rules, reference)?.name ?? []) : [],
    ),
  ]);
  return pools.flatMap(({ name }) =>
    used.has(name)
      ? []
      : [
          {
            code: 'unused-pool',
            path: ['pools', name],
            reason: 'no rule, schedule or tag policy is about this pool: only commands of people reach it',
          },
        ],
  );
}

function unusedSenders({ rules }: CheckedFile): Found[] {
  const reached = new Set(rules.rules.flatMap((rule) => poolsOfRule(rule, rules)));
  return Object.entries(rules.senders ?? {}).flatMap(([name, { pools }]) =>
    pools.some((pool) => reached.has(pool))
      ? []
      : [
          {
            code: 'sender-without-rule',
            path: ['senders', name],
            reason: `no rule is about ${pools.join(' or ')}, so every alert of this sender is ignored`,
          },
        ],
  );
}

function unusedTopics(file: CheckedFile): Found[] {
  const { sources, rules } = file.rules;
  const takesSmn =
    whensOf(file).some(({ when: { source } }) => source === undefined || source === 'smn') ||
    rules.length > file.ownRules;
  if (!sources?.smn || takesSmn) return [];
  const reason =
    'Poolkeeper accepts alarms from these topics, and no rule takes an alert of source smn: each is ignored';
  return [{ code: 'unused-topics', path: ['sources', 'smn', 'topics'], reason }];
}
