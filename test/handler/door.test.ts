import { describe, expect, test } from 'vitest';
import { toCaller } from '#lib/callers';
import { createDoor } from '#lib/handler/door';
import { HttpProblem } from '#lib/handler/problem';
import { createLogger } from '#lib/log';
import { createRenewable, EARLY_MS, KEPT_MS } from '#lib/renewable';

const GOOD = 'a-good-token-of-thirty-two-chars-or-more';

function createBench(entries: readonly string[] = [GOOD]) {
  let now = Date.parse('2026-11-20T10:00:00Z');
  let slept = 0;
  const logs: any[] = [];
  const log = createLogger({}, { write: (line) => logs.push(JSON.parse(line)), now: () => now });
  const clock = {
    now: () => now,
    sleep: (ms: number) => {
      slept += ms;
      now += ms;
      return Promise.resolve();
    },
  };
  const door = createDoor(
    entries.map((entry) => toCaller(entry, 'console')!),
    clock,
  );
  return {
    logs,
    slept: () => slept,
    pass: (ms: number) => void (now += ms),
    knock: (token: string | null, from = '192.0.2.7', source?: string) =>
      (source === undefined ? door : door.of(source))
        .admit({ headers: token === null ? {} : { authorization: `Bearer ${token}` }, from }, log)
        .then(({ name }) => name)
        .catch((error) => {
          expect(error).toBeInstanceOf(HttpProblem);
          return error.status;
        }),
  };
}

describe('a caller', () => {
  test.each([
    [GOOD, GOOD, 'console'],
    [`ada:${GOOD}`, GOOD, 'ada'],
    [`ada:${GOOD}`, `ada:${GOOD}`, 'ada'],
    [`ops-2.eu_west:${GOOD}`, GOOD, 'ops-2.eu_west'],
    // Not a name: the token has a colon.
    [`4:${GOOD}`, `4:${GOOD}`, 'console'],
  ])('of the entry %s that presents %s is called %3$s', async (entry, presented, name) => {
    expect(await createBench([entry]).knock(presented)).toBe(name);
  });

  test('is distinguished from others by the token', async () => {
    const bench = createBench([`ada:${GOOD}`, `bob:${GOOD}-2`, `${GOOD}-3`]);
    expect(await bench.knock(`${GOOD}-2`)).toBe('bob');
    expect(await bench.knock(`${GOOD}-3`)).toBe('console');
    expect(await bench.knock('ada')).toBe(401);
  });

  test.each(['short', `ada:short`, 'x'.repeat(31), `ada:${'x'.repeat(27)}`, ''])(
    'with a token that can be guessed is none: %j',
    (entry) => {
      expect(toCaller(entry, 'console')).toBeUndefined();
    },
  );

  test.each([`prom@Alertmanager:${GOOD}`, `@smn:${GOOD}`, `a b@smn:${GOOD}`, `prom@:${GOOD}`])(
    'for a source that is misspelt is none, and no bare token either: %j',
    (entry) => {
      expect(toCaller(entry, 'console')).toBeUndefined();
    },
  );

  test('has no name where there is no token at all', async () => {
    expect(await createBench([]).knock(GOOD)).toBe(401);
  });
});

describe('a caller that tries tokens', () => {
  test('is logged at once, and then with the number every ten seconds', async () => {
    const bench = createBench();
    for (let second = 0; second < 25; second += 1) {
      for (let tries = 0; tries < 4; tries += 1) await bench.knock(`wrong-${second}-${tries}`);
      bench.pass(800);
    }
    expect(bench.logs.map(({ level, door }) => [level, door])).toEqual(
      bench.logs.map(() => ['warn', 'people']),
    );
    expect(bench.logs.length).toBeLessThanOrEqual(4);
    expect(bench.logs[0]).toMatchObject({ TokensRefused: 1, last: { from: '192.0.2.7', hasToken: true } });
    const counted = bench.logs.reduce((sum, { TokensRefused }) => sum + TokensRefused, 0);
    expect(counted).toBeGreaterThan(50);
    expect(JSON.stringify(bench.logs)).not.toContain('wrong-');
  });

  test('meets a pause after twenty refusals within a minute, and who has a token never does', async () => {
    const bench = createBench();
    for (let tries = 0; tries < 20; tries += 1) await bench.knock('wrong');
    expect(bench.slept()).toBe(0);
    for (let tries = 0; tries < 1_500; tries += 1) await bench.knock(tries % 2 === 0 ? 'wrong' : null);
    expect(bench.slept()).toBeGreaterThan(50 * 1_000);
    const before = bench.slept();
    expect(await bench.knock(GOOD)).toBe('console');
    expect(bench.slept()).toBe(before);
    bench.pass(61_000);
    await bench.knock('wrong');
    expect(bench.slept()).toBe(before);
  });
});

describe('a token that is only for one source', () => {
  test('opens no other, and its holder hears why', async () => {
    const bench = createBench([`prom-a@alertmanager:${GOOD}`]);
    expect(await bench.knock(GOOD, '192.0.2.7', 'alertmanager')).toBe('prom-a');
    for (const source of ['smn', 'alertmanagers', undefined])
      expect(await bench.knock(GOOD, '192.0.2.7', source)).toBe(403);
    expect(await bench.knock(`prom-a@alertmanager:${GOOD}`, '192.0.2.7', 'alertmanager')).toBe(401);
    expect(bench.logs[0]).toMatchObject({ TokensRefused: 1, door: 'alerts' });
  });

  test('may be for a second one in another entry', async () => {
    const bench = createBench([`a@alertmanager:${GOOD}`, `b@smn:${GOOD}`]);
    expect(await bench.knock(GOOD, '192.0.2.7', 'smn')).toBe('b');
    expect(await bench.knock(GOOD, '192.0.2.7', 'alertmanager')).toBe('a');
  });
});

describe('tokens that change', () => {
  test('count without a new process: the new one at once, the old one until it is gone', async () => {
    let now = 0;
    let stored = [GOOD];
    let readings = 0;
    const clock = { now: () => now, sleep: () => new Promise<void>(() => {}) };
    const read = async () => {
      readings += 1;
      return stored.map((token) => toCaller(token, 'webhook')!);
    };
    const callers = createRenewable(await read(), read, { clock, onFailure: () => {} });
    const door = createDoor(callers, clock);
    const log = createLogger({}, { write: () => {} });
    const knock = (token: string) =>
      door
        .admit({ headers: { authorization: `Bearer ${token}` } }, log)
        .then(({ name }) => name)
        .catch(({ status }) => status);

    expect(await knock(GOOD)).toBe('webhook');
    stored = [GOOD, `${GOOD}-2`];
    now += EARLY_MS;
    expect(await knock(`${GOOD}-2`)).toBe('webhook');
    stored = [`${GOOD}-2`];
    expect(await knock(GOOD)).toBe('webhook');
    now += KEPT_MS;
    expect(await knock(GOOD)).toBe(401);
    expect(readings).toBe(3);
    // A stranger without any proof has nothing read.
    now += EARLY_MS;
    await door.admit({ headers: {} }, log).catch(() => {});
    expect(readings).toBe(3);
    for (let tries = 0; tries < 15; tries += 1) await knock(`wrong-${tries}`);
    expect(readings).toBe(4);
  });
});
