import { describe, expect, test } from 'vitest';
import { createNotifyBench, MINUTE, POOL, type Target } from './notify-bench.ts';

const all = ['failed', 'needs-human', 'awaiting-approval', 'deferred', 'succeeded'] as const;

/** Recipients by a name, each with a filter. The result has the names of those that got the notice. */
async function toldBy(
  filters: Record<string, object>,
  tell: (bench: ReturnType<typeof createNotifyBench>) => unknown,
) {
  const targets = Object.entries(filters).map(
    ([name, filter]): Target => ({ url: `https://${name}.example.com/hook`, when: all, ...filter }),
  );
  const bench = createNotifyBench(targets);
  await bench.open();
  bench.queue.length = 0;
  bench.pass(MINUTE);
  await tell(bench);
  await bench.deliver();
  return bench.hosts().map((host) => host.split('.')[0]);
}

type Bench = ReturnType<typeof createNotifyBench>;

const rung = (severity?: string) => (bench: Bench) =>
  bench.send({ kind: 'rung', id: 'r-1', ...(severity && { severity }) });

const incident = (more: object) => (bench: Bench) =>
  bench.send({ kind: 'incident', why: 'x', at: '2026-11-20T09:59:00Z', ...more });

describe('of the recipients, those hear of a remediation', () => {
  test.each([
    ['deferred', ['all', 'info']],
    ['awaiting-approval', ['all', 'info', 'warning']],
    ['failed', ['all', 'info', 'warning', 'error']],
    ['needs-human', ['all', 'info', 'warning', 'error', 'critical']],
  ] as const)('%s: that want its severity', async (state, names) => {
    const filters = {
      all: {},
      info: { severity: 'info' },
      warning: { severity: 'warning' },
      error: { severity: 'error' },
      critical: { severity: 'critical' },
    };
    expect(await toldBy(filters, (bench) => bench.change({ state }))).toEqual(names);
  });

  test('that want its pool, by name or id', async () => {
    const filters = { name: { pools: ['train-a'] }, id: { pools: [POOL] } };
    expect(await toldBy(filters, (bench) => bench.change({ state: 'failed' }))).toEqual(['name', 'id']);
    expect(
      await toldBy({ ...filters, any: {} }, (bench) => bench.change({ state: 'failed', pool: 'pool-gone' })),
    ).toEqual(['any']);
  });

  test('that want its rule; a command of a person has none', async () => {
    const rules = [{ name: 'npu-card-lost' }, { name: 'other' }];
    const make = async (rule: string | undefined) => {
      const bench = createNotifyBench(
        [
          { url: 'https://npu.example.com', rules: ['npu-*'] },
          { url: 'https://other.example.com', rules: ['other', 'npu-card'.concat('-lost')] },
          { url: 'https://any.example.com' },
        ],
        {},
        { ruleNames: rules.map(({ name }) => name) },
      );
      await bench.open();
      bench.pass(MINUTE);
      bench.queue.length = 0;
      await bench.change({ state: 'failed', rule } as any);
      await bench.deliver();
      return bench.hosts().map((host) => host.split('.')[0]);
    };
    expect(await make('npu-card-lost')).toEqual(['npu', 'other', 'any']);
    expect(await make('other')).toEqual(['other', 'any']);
    expect(await make(undefined)).toEqual(['any']);
  });
});

test('an entry that no filter lets through is in no outbox', async () => {
  const bench = createNotifyBench([{ url: 'https://a.example.com', severity: 'critical', when: all }]);
  await bench.open();
  await bench.change({ state: 'failed' });
  expect(bench.queue).toEqual([]);
  expect((await bench.get()).untold).toBeUndefined();
});

test('a rung goes by its own severity, with any word', async () => {
  const filters = { all: {}, warning: { severity: 'warning' }, error: { severity: 'error' } };
  expect(await toldBy(filters, rung('info'))).toEqual(['all']);
  expect(await toldBy(filters, rung('Major'))).toEqual(['all', 'warning', 'error']);
  expect(await toldBy(filters, rung('unheard of'))).toEqual(['all', 'warning']);
  expect(await toldBy(filters, rung())).toEqual(['all', 'warning']);
});

test('an incident concerns every rule of its pool; one without a pool concerns everybody', async () => {
  const filters = {
    here: { pools: ['train-a'] },
    elsewhere: { pools: ['train-b'] },
    silent: { when: ['failed'] },
  };
  expect(await toldBy(filters, incident({ incident: 'storm', pool: POOL }))).toEqual(['here']);
  expect(await toldBy(filters, incident({ incident: 'subscription-ended', about: 'a topic' }))).toEqual([
    'here',
    'elsewhere',
  ]);
});
