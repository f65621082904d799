import type { Chance } from '#local/rehearsal/engine/chance';
import { LOW_TOKENS, TOKENS } from '../../cloud/doors.ts';
import { START_MS } from '../inputs/consent-place.ts';
import type { Input, KnockInput } from '../scenario.ts';

type Knock = Pick<KnockInput, 'door' | 'request' | 'expects'>;

const ALERTS = { route: 'POST /alerts/{source}', path: { source: 'alertmanager' } };
const NOTIFICATION = {
  version: '4',
  groupKey: '{}',
  status: 'firing',
  receiver: 'poolkeeper',
  alerts: [
    {
      status: 'firing',
      labels: {
        alertname: 'CardLost',
        instance: 'os-node-created-a1',
        pool: 'train-a',
        severity: 'critical',
      },
      annotations: {},
      startsAt: '2026-11-20T10:00:00Z',
      fingerprint: 'fp-knock',
    },
  ],
};
const RESET = {
  id: 'knock',
  action: 'reset-nodes',
  pool: 'train-a',
  nodes: ['os-node-created-a1'],
  parameters: { rollingConfig: { strategy: 'RollingByNumber', maxUnavailable: 1 } },
  mode: 'act',
};
const APPROVE = {
  route: 'POST /remediations/{id}/approve',
  path: { id: '?waiting' },
  body: { hash: '?hash', by: 'somebody' },
};
const [consoleToken] = TOKENS.console;
const [, olderToken] = TOKENS['receive-alert'];
/** Everything that is no right token for a door. */
const STRANGERS = [null, '', 'Bearer', 'Bearer wrong', `Basic ${consoleToken}`, `Bearer ${consoleToken}x`];

/** Requests that read the ledger. Each gets an answer. */
const READINGS: readonly Knock['request'][] = [
  { route: 'GET /remediations' },
  { route: 'GET /remediations', query: { limit: '1' } },
  { route: 'GET /remediations', query: { limit: '2', pool: 'train-a' } },
  { route: 'GET /remediations', query: { limit: '2', pool: 'train-a', state: 'succeeded' } },
  { route: 'GET /remediations', query: { limit: '1', state: 'awaiting-approval' } },
  { route: 'GET /remediations', query: { limit: '1', node: 'os-node-created-a1', pool: 'train-a' } },
  { route: 'GET /remediations/{id}', path: { id: '?waiting' } },
  { route: 'GET /events', query: { node: 'os-node-created-a1' } },
  { route: 'GET /events', query: { pool: 'train-a', limit: '2' } },
  { route: 'GET /events', query: { fingerprint: 'fp-knock' } },
];

const ROLES_TOO_LOW: readonly [string, Knock['request']][] = [
  [LOW_TOKENS.read, { route: 'POST /commands', body: RESET }],
  [LOW_TOKENS.read, APPROVE],
  [LOW_TOKENS.command, APPROVE],
  [LOW_TOKENS.command, { ...APPROVE, route: 'POST /remediations/{id}/reject' }],
  [LOW_TOKENS.command, { route: 'POST /remediations/{id}/release', path: { id: 'none' }, body: {} }],
];

const KNOCKS: readonly Knock[] = [
  ...STRANGERS.flatMap((authorization): Knock[] => [
    { door: 'console', request: { route: 'POST /commands', body: RESET, authorization }, expects: 401 },
    { door: 'console', request: { ...APPROVE, authorization }, expects: 401 },
    {
      door: 'console',
      request: { ...APPROVE, route: 'POST /remediations/{id}/reject', authorization },
      expects: 401,
    },
    { door: 'console', request: { route: 'GET /remediations', authorization }, expects: 401 },
    {
      door: 'console',
      request: { route: 'POST /remediations/{id}/release', path: { id: 'none' }, body: {}, authorization },
      expects: 401,
    },
  ]),
  // A person may not do what needs another role.
  ...ROLES_TOO_LOW.map(
    ([token, request]): Knock => ({
      door: 'console',
      request: { ...request, authorization: `Bearer ${token}` },
      expects: 403,
    }),
  ),
  {
    door: 'console',
    request: { ...APPROVE, path: { id: 'none' }, authorization: `Bearer ${LOW_TOKENS.read}` },
    expects: 403,
  },
  {
    door: 'console',
    request: { route: 'GET /remediations', authorization: `Bearer ${LOW_TOKENS.read}` },
    expects: 200,
  },
  // The token of the one door is none for the other, and the one before is one still.
  {
    door: 'receive-alert',
    request: { ...ALERTS, body: NOTIFICATION, authorization: `Bearer ${consoleToken}` },
    expects: 401,
  },
  { door: 'receive-alert', request: { ...ALERTS, body: NOTIFICATION, authorization: null }, expects: 401 },
  {
    door: 'console',
    request: { route: 'POST /commands', body: RESET, authorization: `Bearer ${olderToken}` },
    expects: 401,
  },
  {
    door: 'console',
    request: {
      route: 'POST /remediations/{id}/approve',
      path: { id: 'none' },
      body: { hash: 'f' },
      authorization: `bearer ${TOKENS.console[1]}`,
    },
    expects: 404,
  },
  { door: 'receive-alert', request: { ...ALERTS, body: 'not json' }, expects: 400 },
  { door: 'receive-alert', request: { ...ALERTS, body: { ...NOTIFICATION, version: '3' } }, expects: 400 },
  { door: 'receive-alert', request: { ...ALERTS, body: { ...NOTIFICATION, alerts: {} } }, expects: 400 },
  // The answer names the entries of a delivery that cannot be read. They have no effect.
  {
    door: 'receive-alert',
    request: { ...ALERTS, body: { ...NOTIFICATION, alerts: [{}, null] } },
    expects: 202,
  },
  {
    door: 'receive-alert',
    request: { ...ALERTS, path: { source: 'toString' }, body: NOTIFICATION },
    expects: 404,
  },
  { door: 'console', request: { route: 'POST /commands', body: '{' }, expects: 400 },
  { door: 'console', request: { route: 'POST /commands', body: {} }, expects: 400 },
  {
    door: 'console',
    request: { route: 'POST /commands', body: { ...RESET, pool: 'nowhere' } },
    expects: 400,
  },
  { door: 'console', request: { route: 'POST /commands', body: { ...RESET, mode: 'force' } }, expects: 400 },
  { door: 'console', request: { route: 'POST /commands', body: { ...RESET, nodes: [] } }, expects: 400 },
  { door: 'console', request: { ...APPROVE, body: {} }, expects: 400 },
  { door: 'console', request: { ...APPROVE, body: { hash: '?hash', by: ' ' } }, expects: 400 },
  { door: 'console', request: { ...APPROVE, body: { hash: '' } }, expects: 400 },
  {
    door: 'console',
    request: { ...APPROVE, path: { id: 'none' }, body: { hash: 'f', mode: 'act' } },
    expects: 400,
  },
  {
    door: 'console',
    request: { route: 'POST /remediations/{id}/reject', path: { id: 'none' }, body: { hash: 'f' } },
    expects: 404,
  },
  {
    door: 'console',
    request: { route: 'POST /remediations/{id}/release', path: { id: 'none' }, body: {} },
    expects: 404,
  },
  { door: 'console', request: { route: 'GET /remediations/{id}', path: { id: 'none' } }, expects: 404 },
  {
    door: 'console',
    request: { route: 'GET /remediations', query: { cursor: 'nowhere' } },
    expects: 400,
  },
  { door: 'console', request: { route: 'GET /healthz', authorization: null }, expects: 200 },
  { door: 'console', request: { route: 'PUT /commands', body: RESET }, expects: 404 },
];

/** A few requests of each kind that the product must refuse, or that change nothing. */
export function knocksOf(chance: Chance, lastsMs: number): Input[] {
  return Array.from({ length: chance.between(4, 9, 'knocks') }, (_, index): Input => {
    const id = `knock-${index + 1}`;
    return {
      kind: 'knock',
      id,
      atMs: START_MS + chance.between(0, Math.min(lastsMs, 14 * 60_000), `${id}/at`),
      ...(chance.happens(0.4, `${id}/reads`)
        ? { door: 'console' as const, request: chance.pick(READINGS, `${id}/read`), expects: 200 }
        : chance.pick(KNOCKS, `${id}/what`)),
    };
  });
}
