import { describe, expect, test } from 'vitest';
import { AlertmanagerAlert } from '#events/alertmanager';
import { jsonBytes } from '#lib/json-bytes';
import { MAX_ALERTS, MAX_ITEM_BYTES, MAX_OUTCOME_BYTES, MAX_TAGS_BYTES } from '#lib/ledger/limits';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { nodeTagsKey, recordTags } from '#lib/ledger/node-tags';
import type { NodeOutcome } from '#lib/ledger/remediation-fields';
import { changed } from '#lib/remediation/lifecycle/move';
import { createRemediation } from '#lib/remediation/record/open';
import bundled from '#test/bundled-rules';

const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
const AT = '2026-11-20T10:00:00.000Z';

const command = (nodes: string[]) => ({
  id: 'r-1',
  action: 'reset-nodes' as const,
  pool: POOL,
  nodes,
  parameters: { rollingConfig: { strategy: 'RollingByNumber' as const, maxUnavailable: 1 }, nodeConfig: {} },
  mode: 'act' as const,
});

const alert = (fingerprint: string) => ({
  status: 'firing',
  labels: { a: 'b' },
  startsAt: AT,
  fingerprint,
});

const isRead = (fingerprint: string) => AlertmanagerAlert.safeParse(alert(fingerprint)).success;

describe('a fingerprint', () => {
  test.each([
    ['letters', 'f', 200],
    ['letters of three bytes', '节', 66],
    ['control characters, six bytes each in JSON', '\u0001', 33],
  ])('has at most 200 bytes: %s', (_, letter, most) => {
    expect(isRead(letter.repeat(most))).toBe(true);
    expect(isRead(letter.repeat(most + 1))).toBe(false);
  });

  test('that is longer concerns its own alert alone, and the reason says so', () => {
    const { error } = AlertmanagerAlert.safeParse(alert('f'.repeat(201)));
    expect(error?.issues[0]).toMatchObject({ path: ['fingerprint'], message: 'must have at most 200 bytes' });
  });
});

const alerts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    fingerprint: `${'节'.repeat(64)}${String(index).padStart(6, '0')}`,
    startsAt: new Date(Date.parse(AT) + index * 1_000).toISOString(),
    opening: 12,
  }));

const opened = async (more: { nodes?: string[]; alerts?: ReturnType<typeof alerts> }) => {
  const opening = { command: command(more.nodes ?? ['n1']), alerts: more.alerts ?? [], receipts: [] };
  const services = { store: createMemoryStore(), rules: bundled, notices: { send: () => Promise.resolve() } };
  return (await createRemediation(services, opening, Date.parse(AT))).remediation;
};

describe('a remediation', () => {
  test('keeps 400 alerts, those that began last, and has room for everything else beside them', async () => {
    expect((await opened({ alerts: alerts(MAX_ALERTS) })).alerts).toHaveLength(MAX_ALERTS);
    const { alerts: kept } = await opened({ alerts: alerts(MAX_ALERTS + 1) });
    expect(kept).toHaveLength(MAX_ALERTS);
    expect(kept.map(({ startsAt }) => startsAt)).not.toContain(AT);
    const rest = MAX_ITEM_BYTES - jsonBytes(kept) - MAX_OUTCOME_BYTES;
    expect(rest).toBeGreaterThan(96 * 1024);
  });

  test.each([40, 200, 2_000])(
    'cuts the reasons of 500 nodes, %i characters each, until they fit',
    async (characters) => {
      const nodes = Array.from({ length: 500 }, (_, index) => `node-${String(index).padStart(40, '0')}`);
      const outcome: NodeOutcome = { state: 'failed', why: '节'.repeat(characters), healthySince: AT };
      const changes = { outcomes: Object.fromEntries(nodes.map((name) => [name, outcome])) };
      const { outcomes } = changed(await opened({ nodes }), changes, Date.parse(AT));
      expect(Object.keys(outcomes)).toHaveLength(500);
      expect(jsonBytes(outcomes)).toBeLessThanOrEqual(MAX_OUTCOME_BYTES);
    },
  );

  test('keeps reasons that fit as they are', async () => {
    const nodes = Array.from({ length: 100 }, (_, index) => `n${index}`);
    const outcomes = Object.fromEntries(
      nodes.map((name) => [name, { state: 'failed' as const, why: 'w'.repeat(700) }]),
    );
    expect(changed(await opened({ nodes }), { outcomes }, Date.parse(AT)).outcomes).toEqual(outcomes);
  });
});

test('the tags of a node: beyond the bound those that were applied last are kept', async () => {
  const store = createMemoryStore();
  const apply = (round: number) => {
    const at = new Date(Date.parse(AT) + round * 1_000).toISOString();
    const tags = Array.from({ length: 20 }, (_, index) => ({
      key: `${round}-${index}-${'k'.repeat(100)}`,
      value: 'v'.repeat(255),
    }));
    return recordTags(store, {
      pool: POOL,
      request: { action: 'createTags', tags },
      answer: { succeeded: ['n1'], failed: [] },
      callingAt: at,
      createdAt: at,
      members: [{ remediation: 'r-1', targets: ['n1'] }],
    } as never);
  };
  const present = async () => ((await store.get(nodeTagsKey(POOL, 'n1')))!['value'] as any).present;
  let round = 0;
  for (; ; round += 1) {
    await apply(round);
    const kept = Object.keys(await present());
    if (kept.length < (round + 1) * 20) break;
  }
  const kept = Object.keys(await present());
  expect(round).toBeGreaterThan(5);
  expect(jsonBytes(Object.entries(await present()))).toBeLessThanOrEqual(MAX_TAGS_BYTES + 2);
  for (let index = 0; index < 20; index += 1) expect(kept).toContain(`${round}-${index}-${'k'.repeat(100)}`);
  expect(kept.some((key) => key.startsWith('1-'))).toBe(true);
});
