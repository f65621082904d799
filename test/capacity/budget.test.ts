import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneNodeAtATime, withinBudget, withinDailyBudget } from '#lib/capacity/budget';
import { capacityOf } from '#lib/capacity/capacity';
import { hourOf } from '#lib/capacity/day';
import type { NodeRecord } from '#lib/ledger/node-record';
import type { PoolRecord } from '#lib/ledger/pool-record';
import type { Budget } from '#lib/rules/rules';
import { runs } from '#test/runs';
import { at, factsOf, HOUR, held, MINE, MINUTE, NOW, poolOfNodes, waiting } from './pool-facts.ts';

const atOnce = (maxUnavailable: Budget) => ({ pool: { budget: { maxUnavailable } } });

/** How many nodes that are well may be worked on, each after those before it. */
function howMany(size: number, budget: Budget | undefined, phases: Record<string, string> = {}): number {
  const nodes = poolOfNodes(size, phases);
  const known: { held: PoolRecord['held'] } = { held: {} };
  const pool = budget ? { budget: { maxUnavailable: budget } } : {};
  for (const { name, phase } of nodes) {
    if (phase !== 'Available') continue;
    if (withinBudget(factsOf(nodes, { of: name, pool, known }), NOW).allowed) known.held[name] = held();
  }
  return Object.keys(known.held).length;
}

describe('so many nodes of a pool may be worked on at once', () => {
  test.each<[string, number, Budget | undefined, number]>([
    ['a count', 10, { count: 3 }, 3],
    ['a count of none', 10, { count: 0 }, 0],
    ['a count beyond the pool', 2, { count: 5 }, 2],
    ['a count of one in a pool of one', 1, { count: 1 }, 1],
    ['a share, rounded down', 59, { percent: 5 }, 2],
    ['a share that comes out even', 60, { percent: 5 }, 3],
    ['5 %, where nothing is said', 100, undefined, 5],
    ['a share of none', 100, { percent: 0 }, 0],
    ['the whole', 7, { percent: 100 }, 7],
    ['a share of a small pool: one', 3, { percent: 5 }, 1],
    ['a share of two nodes: none, as no two others are well', 2, { percent: 5 }, 0],
    ['a share of one node', 1, { percent: 5 }, 0],
    ['half of two nodes', 2, { percent: 50 }, 1],
  ])('%s (%i nodes)', (_name, size, budget, expected) => {
    expect(howMany(size, budget)).toBe(expected);
  });

  test('nodes that are unavailable for any other reason count', () => {
    expect(howMany(10, { count: 3 }, { n9: 'Abnormal', n10: 'Creating' })).toBe(1);
    expect(howMany(10, { count: 3 }, { n8: 'Deleting', n9: 'Checking', n10: 'Resetting' })).toBe(0);
  });

  test.each([
    ['Running', true],
    ['Abnormal', false],
    ['Pending', false],
    ['Updating', false],
    ['', false],
    [undefined, true],
  ])('a node whose driver is %j is well: %s', (driverPhase, isWell) => {
    const nodes = poolOfNodes(2).map((node) => (node.name === 'n2' ? { ...node, driverPhase } : node));
    expect(withinBudget(factsOf(nodes, atOnce({ count: 1 })), NOW).allowed).toBe(isWell);
  });

  test('a node that is unavailable itself is counted once', () => {
    const nodes = poolOfNodes(10, { n1: 'Abnormal' });
    expect(withinBudget(factsOf(nodes, atOnce({ count: 1 })), NOW)).toMatchObject({
      allowed: true,
      why: 'with it 1 of 10 nodes would be out of service (1 unavailable, 0 being worked on); at most 1 may be',
    });
  });

  test('an older command that has got its slot is not waited for', () => {
    const known = { held: { n9: held('older') }, waiting: [waiting('older', -MINUTE)] };
    const pool = { budget: { maxUnavailable: { count: 2 } } };
    expect(withinBudget(factsOf(poolOfNodes(10), { pool, known }), NOW).allowed).toBe(true);
  });

  test('a node that another command changes without putting it out of service takes no place', () => {
    const known = { held: { n2: held('other', { action: 'update-nodes', disruptive: false }) } };
    const pool = { budget: { maxUnavailable: { count: 1 } } };
    expect(withinBudget(factsOf(poolOfNodes(4), { pool, known }), NOW).allowed).toBe(true);
  });

  test('a node that is held and shown unavailable is counted once', () => {
    const nodes = poolOfNodes(10, { n2: 'Creating' });
    const known = { held: { n2: held() } };
    expect(withinBudget(factsOf(nodes, { ...atOnce({ count: 2 }), known }), NOW).allowed).toBe(true);
    expect(withinBudget(factsOf(nodes, { ...atOnce({ count: 1 }), known }), NOW)).toMatchObject({
      allowed: false,
      defers: true,
    });
  });

  test('a place of its own, kept from an earlier attempt, is not in its way', () => {
    const known = { held: { n1: held(MINE) } };
    expect(withinBudget(factsOf(poolOfNodes(4), { ...atOnce({ count: 1 }), known }), NOW).allowed).toBe(true);
  });

  test('a node called by its address is the node of its name', () => {
    const nodes = poolOfNodes(4).map((node) => ({ ...node, privateIp: `10.0.0.${node.name.slice(1)}` }));
    const known = { held: { n1: held(MINE) } };
    const facts = factsOf(nodes, { of: '10.0.0.1', ...atOnce({ count: 1 }), known });
    expect(withinBudget(facts, NOW).allowed).toBe(true);
  });

  test('an abandoned hold runs out', () => {
    const known = { held: { n2: held('lost', { expiresAt: at(-1) }) } };
    expect(withinBudget(factsOf(poolOfNodes(4), { ...atOnce({ count: 1 }), known }), NOW).allowed).toBe(true);
    // Also where the rule for small pools asks for two others that are well.
    expect(withinBudget(factsOf(poolOfNodes(3), { known }), NOW).allowed).toBe(true);
  });

  test('a pool that was read before nodes were released is read again', () => {
    const facts = factsOf(poolOfNodes(9), {
      ...atOnce({ count: 9 }),
      known: { releases: 4 },
      releasesBefore: 3,
    });
    expect(withinBudget(facts, NOW)).toMatchObject({ allowed: false, defers: true, until: at(1_000) });
  });
});

/** The rule, written down once more: |unavailable ∪ held ∪ target| ≤ B. */
const pools = fc
  .record({
    states: fc.array(fc.constantFrom('well', 'well', 'abnormal', 'held', 'both'), {
      minLength: 1,
      maxLength: 40,
    }),
    budget: fc.oneof(
      fc.record({ count: fc.nat(12) }),
      fc.record({ percent: fc.nat(100) }),
    ) as fc.Arbitrary<Budget>,
  })
  .chain(({ states, budget }) =>
    fc.record({
      states: fc.constant(states),
      budget: fc.constant(budget),
      target: fc.nat(states.length - 1),
    }),
  );

test.each<Budget>([{ count: 0 }, { percent: 0 }])('none (%j): that is refused for good', (budget) => {
  const nodes = poolOfNodes(10, { n1: 'Abnormal' });
  for (const of of ['n1', 'n2']) {
    const verdict = withinBudget(factsOf(nodes, { of, ...atOnce(budget) }), NOW);
    expect(verdict).toMatchObject({ guard: 'budget', allowed: false });
    expect(verdict).not.toHaveProperty('defers');
  }
});

test('the budget is what the rule says, for any pool', () => {
  fc.assert(
    fc.property(pools, ({ states, budget, target }) => {
      const isOut = (index: number) => states[index] !== 'well';
      let limit = 'count' in budget ? budget.count : Math.floor((states.length * budget.percent) / 100);
      const others = states.filter((_, index) => index !== target && !isOut(index));
      if ('percent' in budget && budget.percent > 0 && limit === 0 && others.length >= 2) limit = 1;
      const out = states.filter((_, index) => isOut(index) || index === target).length;

      const nodes = poolOfNodes(
        states.length,
        Object.fromEntries(
          states.flatMap((state, index) =>
            state === 'abnormal' || state === 'both' ? [[`n${index + 1}`, 'Abnormal']] : [],
          ),
        ),
      );
      const known = {
        held: Object.fromEntries(
          states.flatMap((state, index) =>
            state === 'held' || state === 'both' ? [[`n${index + 1}`, held()]] : [],
          ),
        ),
      };
      const facts = factsOf(nodes, { of: `n${target + 1}`, ...atOnce(budget), known });
      expect(withinBudget(facts, NOW).allowed).toBe(out <= limit);
    }),
    { numRuns: runs(2_000) },
  );
});

describe('a command that waits for a place', () => {
  const nodes = poolOfNodes(10);
  const budget = atOnce({ count: 2 });

  test('is not overtaken by a younger command', () => {
    const known = { held: { n9: held() }, waiting: [waiting('older', -MINUTE)] };
    expect(withinBudget(factsOf(nodes, { ...budget, known }), NOW)).toMatchObject({
      allowed: false,
      defers: true,
      why: expect.stringContaining('older commands wait for 1 of them, older first'),
    });
  });

  test.each([
    ['is younger', waiting('younger', MINUTE)],
    ['is of the same time, and its id comes later', waiting('nobody', 0)],
    ['is the command itself', waiting(MINE, -MINUTE)],
    ['needs more places at once than there ever are', waiting('older', -MINUTE, { places: 3 })],
    ['waits for a time', waiting('older', -MINUTE, { waitsFor: 'time' })],
    ['waits for its failure domain', waiting('older', -MINUTE, { waitsFor: 'domain' })],
    ['has not been heard of for too long', waiting('older', -MINUTE, { until: at(-1) })],
    ['was woken for its turn, and has not come', waiting('older', -MINUTE, { wokenAt: at(-5 * MINUTE) })],
  ])('does not hold up another, if it %s', (_name, entry) => {
    const known = { held: { n9: held() }, waiting: [entry] };
    expect(withinBudget(factsOf(nodes, { ...budget, known }), NOW).allowed).toBe(true);
  });

  test('at the same time, the one whose id comes first goes first', () => {
    const known = { held: { n9: held() }, waiting: [waiting('first', 0)] };
    expect(withinBudget(factsOf(nodes, { ...budget, known }), NOW)).toMatchObject({ behind: 'first' });
  });

  test('is left as many places as it needs at once', () => {
    const known = { waiting: [waiting('older', -MINUTE, { places: 2 })] };
    expect(withinBudget(factsOf(nodes, { ...budget, known }), NOW)).toMatchObject({
      allowed: false,
      why: expect.stringContaining('older commands wait for 2 of them'),
    });
  });

  test('leaves to others what is free besides', () => {
    expect(
      withinBudget(factsOf(nodes, { ...budget, known: { waiting: [waiting('older', -MINUTE)] } }), NOW)
        .allowed,
    ).toBe(true);
  });

  test('does not hold up a node that is out of service already: it takes no place from another', () => {
    // n8 and n9 are broken, an older command waits for the healthy n2; only a repair of n8 or n9 makes room for it.
    const broken = poolOfNodes(10, { n8: 'Abnormal', n9: 'Abnormal' });
    const known = { waiting: [waiting('older', -MINUTE)] };
    expect(
      withinBudget(
        factsOf(broken, { of: 'n2', ...budget, known, remediation: { id: 'older', createdAt: at(-MINUTE) } }),
        NOW,
      ).allowed,
    ).toBe(false);
    expect(withinBudget(factsOf(broken, { of: 'n8', ...budget, known }), NOW).allowed).toBe(true);
  });
});

/** Units of a day's budget, by how long ago they were spent. */
function spent(...agoMs: number[]): PoolRecord['spent'] {
  const hours = Map.groupBy(agoMs, (ms) => hourOf(NOW - ms));
  return Object.fromEntries([...hours].map(([hour, units]) => [hour, units.length]));
}

const perDay = (budget: Budget) => ({ pool: { budget: { perDay: budget } } });

const dayVerdict = (
  size: number,
  budget: Budget | undefined,
  units: PoolRecord['spent'],
  more: Pick<NonNullable<Parameters<typeof factsOf>[1]>, 'record'> = {},
) =>
  withinDailyBudget(
    factsOf(poolOfNodes(size), { ...(budget && perDay(budget)), known: { spent: units }, ...more }),
    NOW,
  );

/** A node whose last call counts in the hour that was so long ago. */
function countedIn(agoMs: number): NodeRecord {
  return { pool: 'pool-a', node: 'n1', countedIn: hourOf(NOW - agoMs) };
}

describe('so many nodes of a pool may be worked on in a day', () => {
  test.each<[string, number, Budget | undefined, number, boolean]>([
    ['a count, the last', 10, { count: 3 }, 2, true],
    ['a count, one too many', 10, { count: 3 }, 3, false],
    ['a share, rounded down', 19, { percent: 20 }, 2, true],
    ['a share, rounded down, one too many', 19, { percent: 20 }, 3, false],
    ['20 %, where nothing is said', 10, undefined, 1, true],
    ['20 %, where nothing is said, one too many', 10, undefined, 2, false],
    ['a share of a small pool: one', 2, { percent: 20 }, 0, true],
    ['a share of a small pool, one too many', 2, { percent: 20 }, 1, false],
  ])('%s', (_name, size, budget, before, expected) => {
    const units = spent(...Array.from({ length: before }, () => HOUR));
    expect(dayVerdict(size, budget, units).allowed).toBe(expected);
  });

  test('distinct ones: a node that counts already is no further one', () => {
    const units = spent(HOUR);
    expect(dayVerdict(10, { count: 1 }, units)).toMatchObject({ allowed: false });
    expect(dayVerdict(10, { count: 1 }, units, { record: countedIn(HOUR) })).toMatchObject({ allowed: true });
    // It counted longer ago than a day.
    const before = { record: countedIn(26 * HOUR) };
    expect(dayVerdict(10, { count: 1 }, units, before)).toMatchObject({ allowed: false });
  });

  test('the units of an hour return when all of it is a day ago, and a command waits for that', () => {
    const units = spent(20 * HOUR, 23 * HOUR);
    expect(dayVerdict(10, { count: 2 }, units)).toEqual({
      guard: 'budget-per-day',
      allowed: false,
      defers: true,
      until: at(2 * HOUR),
      why: 'with it 3 of 10 nodes would have been worked on within a day; at most 2 may be',
    });
    expect(dayVerdict(10, { count: 2 }, spent(20 * HOUR, 24 * HOUR)).allowed).toBe(false);
    expect(dayVerdict(10, { count: 2 }, spent(20 * HOUR, 25 * HOUR)).allowed).toBe(true);
  });

  test('a node that is still being worked on may come to nothing: a command waits for that, and not for a day', () => {
    const known = {
      spent: spent(20 * HOUR, HOUR),
      held: { n3: held('other', { countedIn: hourOf(NOW - HOUR) }) },
    };
    const verdict = withinDailyBudget(factsOf(poolOfNodes(10), { ...perDay({ count: 2 }), known }), NOW);
    expect(verdict).toMatchObject({ allowed: false, defers: true });
    expect(verdict).not.toHaveProperty('until');
  });

  test('where nodes were released since the pool was read, a spent budget is read again, not waited for', () => {
    // The release has moved the hour of the node from its hold to its history, which was read before.
    const known = { spent: spent(HOUR), releases: 4 };
    const facts = { ...perDay({ count: 1 }), known, releasesBefore: 3 };
    const ofCall = countedIn(HOUR);
    const verdict = (more: object) => withinDailyBudget(factsOf(poolOfNodes(10), { ...facts, ...more }), NOW);
    expect(verdict({})).toMatchObject({ allowed: false, defers: true, until: at(1_000) });
    expect(verdict({ releasesBefore: 4, record: ofCall })).toMatchObject({ allowed: true });
    expect(verdict(perDay({ count: 0 }))).not.toHaveProperty('defers');
  });

  test.each<Budget>([{ count: 0 }, { percent: 0 }])('none (%j): that is refused for good', (budget) => {
    expect(dayVerdict(10, budget, {})).toMatchObject({ allowed: false });
    expect(dayVerdict(10, budget, {})).not.toHaveProperty('defers');
  });
});

describe('one node at a time', () => {
  const storm = { since: at(-3 * HOUR), until: at(-30 * MINUTE), nodes: 9, told: true };
  const trips = { failures: 5, trips: 1, openUntil: at(-1), told: true };

  test.each([
    ['nothing has happened', {}, true],
    ['an hour has passed since the storm', { storm: { ...storm, until: at(-HOUR) } }, true],
    ['a storm is over for less than an hour', { storm }, false],
    ['the breaker lets one through', { breaker: trips }, false],
    ['failures do not make a series yet', { breaker: { failures: 4, trips: 0, told: false } }, true],
  ])('%s: several nodes are %s', (_name, known, several) => {
    const nodes = poolOfNodes(10);
    const one = factsOf(nodes, { known });
    const another = factsOf(nodes, { known: { ...known, held: { n2: held() } } });
    expect(oneNodeAtATime(one, NOW).allowed).toBe(true);
    expect(oneNodeAtATime(another, NOW).allowed).toBe(several);
    expect(capacityOf(factsOf(nodes, { ...atOnce({ count: 4 }), known }), NOW).free).toBe(several ? 4 : 1);
  });

  test('the oldest that waits is the one', () => {
    const known = { storm, waiting: [waiting('older', -MINUTE)] };
    expect(oneNodeAtATime(factsOf(poolOfNodes(10), { known }), NOW)).toMatchObject({
      allowed: false,
      defers: true,
    });
    const own = { ...known, waiting: [waiting(MINE, -MINUTE)] };
    expect(oneNodeAtATime(factsOf(poolOfNodes(10), { known: own }), NOW).allowed).toBe(true);
    // A node that is out of service takes no place from the oldest.
    const broken = poolOfNodes(10, { n1: 'Abnormal' });
    expect(oneNodeAtATime(factsOf(broken, { known }), NOW).allowed).toBe(true);
  });
});

test('as many places are free as could be taken', () => {
  const known = { held: { n2: held(), n3: held('lost', { expiresAt: at(-1) }) } };
  const nodes = poolOfNodes(10, { n2: 'Creating', n4: 'Abnormal' });
  expect(capacityOf(factsOf(nodes, { ...atOnce({ count: 5 }), known }), NOW).free).toBe(3);
  expect(capacityOf(factsOf(nodes, { ...atOnce({ count: 1 }), known }), NOW).free).toBe(0);
});

describe('a pool of ten in a reading that shows less', () => {
  const size = { nodes: 10, since: at(-HOUR) };
  const one = atOnce({ count: 1 });

  test('has room once it is believed to be smaller, if only the missing nodes are too many', () => {
    const facts = factsOf(poolOfNodes(9), { ...one, known: { size } });
    expect(withinBudget(facts, NOW)).toMatchObject({ defers: true, until: expect.anything() });
  });

  test('is not waited for if an entry cannot be read, since that one is there', () => {
    const facts = factsOf(poolOfNodes(8), { ...one, known: { size } });
    const reading = { ...facts.reading, unreadable: { nodes: [{ why: 'odd' }] } };
    const verdict = withinBudget({ ...facts, reading }, NOW);
    expect(verdict).toMatchObject({ allowed: false, defers: true });
    expect(verdict).not.toHaveProperty('until');
    expect(capacityOf({ ...facts, reading }, NOW)).toMatchObject({ unseen: 2, missing: 1, byThemselves: 1 });
  });

  test('counts a missing node once, if it is the node of the command or is being worked on', () => {
    const missing = factsOf(poolOfNodes(9), { of: 'n10', ...one, known: { size } });
    expect(withinBudget(missing, NOW).allowed).toBe(true);
    const worked = { size, held: { n10: held() } };
    const other = factsOf(poolOfNodes(9), { ...atOnce({ count: 2 }), known: worked });
    expect(withinBudget(other, NOW).allowed).toBe(true);
  });
});

test('an address that stands for no node is not one more node of a day', () => {
  const facts = factsOf(poolOfNodes(1), {
    of: '10.0.0.9',
    pool: { budget: { perDay: { percent: 100 } } },
    known: { spent: spent(HOUR) },
  });
  expect(withinDailyBudget(facts, NOW).allowed).toBe(true);
});
