import { describe, expect, test } from 'vitest';
import { remediationsPage } from '#lib/console/page';
import { presentRemediation } from '#lib/console/shown';
import { HttpProblem } from '#lib/handler/problem';
import { createDocument } from '#lib/ledger/change';
import { bytesInAnswer } from '#lib/ledger/listing/answer-size';
import { listRemediations } from '#lib/ledger/listing/listing';
import { ListQuery } from '#lib/ledger/listing/query';
import { createMemoryStore } from '#lib/ledger/memory-store';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import type { Store } from '#lib/ledger/store';
import { createLogger } from '#lib/log';
import { parseRules } from '#lib/rules/parse/parse';
import { openedAt } from '#test/remediation/in-state';

const problemOf = (promise: Promise<unknown>): Promise<HttpProblem> =>
  promise.then(
    () => expect.fail(),
    (error) => {
      expect(error).toBeInstanceOf(HttpProblem);
      return error;
    },
  );

const AT = '2026-11-20T10:00:00.000Z';
const remediation = (id: string, more: Partial<Remediation> = {}) => openedAt(AT, { id, ...more });

describe('one remediation', () => {
  test.each([129, 2_037, 100_000])(
    'with an id of %i characters is unknown, and the answer is short',
    async (length) => {
      const store = createMemoryStore();
      store.get = () =>
        Promise.reject(new Error('One or more parameter values were invalid: size of hashkey'));
      const problem = await problemOf(presentRemediation(store, 'x'.repeat(length)));
      expect(problem.status).toBe(404);
      expect(problem.message.length).toBeLessThan(300);
    },
  );

  test('that cannot be read is a clear problem', async () => {
    const store = createMemoryStore();
    const broken = { ...remediation('r-1'), state: 'submiting' };
    await store.put({ ...remediationKey('r-1'), version: 1, writeId: 'w', value: broken }, 0);
    const problem = await problemOf(presentRemediation(store, 'r-1'));
    expect(problem.toBody()).toMatchObject({
      status: 500,
      detail: expect.stringMatching(/remediation remediation#r-1 cannot be read by this version.*state/s),
    });
  });
});

describe('the list of a pool', () => {
  const rules = parseRules('pools: { train-a: { id: pool-a } }\nrules: []', 'r.yml');
  const log = createLogger({}, { write: () => {} });
  const clock = { now: () => Date.parse(AT), sleep: () => Promise.resolve() };
  const list = (store: Store, pool: string) =>
    remediationsPage(ListQuery.parse({ pool }), { store, rules, clock }, log);

  test('is empty for a pool without remediations, and 404 for an unknown pool', async () => {
    const store = createMemoryStore();
    expect(await list(store, 'train-a')).toEqual({ remediations: [] });
    const problem = await problemOf(list(store, 'train-b'));
    expect(problem).toMatchObject({ status: 404, message: expect.stringContaining('"train-b"') });
  });

  test('of earlier rules is found by its id', async () => {
    const store = createMemoryStore();
    const old = remediation('r-1', { pool: 'pool-z' });
    await createDocument(store, remediationKind, remediationKey('r-1'), old);
    expect(await list(store, 'pool-z')).toMatchObject({ remediations: [{ id: 'r-1' }] });
  });
});

test('a page of large remediations ends at the size that Lambda gives on, and the next one goes on from there', async () => {
  const store = createMemoryStore();
  const nodes = Array.from({ length: 500 }, (_, index) => `os-node-created-${'x'.repeat(100)}-${index}`);
  const outcomes = Object.fromEntries(
    nodes.map((node) => [node, { state: 'waiting' as const, why: '"'.repeat(80) }]),
  );
  for (let index = 0; index < 40; index += 1) {
    const id = `r-${String(index).padStart(2, '0')}`;
    await createDocument(store, remediationKind, remediationKey(id), remediation(id, { nodes, outcomes }));
  }
  const rules = parseRules('pools: { train-a: { id: pool-a } }\nrules: []', 'r.yml');
  const seen: string[] = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const query = ListQuery.parse({ limit: 100, ...(cursor !== undefined && { cursor }) });
    const page = await listRemediations(store, rules, query, Date.parse(AT));
    expect(bytesInAnswer(page)).toBeLessThan(6 * 1024 * 1024);
    seen.push(...page.remediations.map(({ id }) => id));
    cursor = page.next;
    pages += 1;
  } while (cursor !== undefined);
  expect(pages).toBeGreaterThan(1);
  expect(new Set(seen).size).toBe(40);
  expect(seen).toHaveLength(40);
});
