import { describe, expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { createBench, firing, nodeName, RULES } from '#test/remediation/bench';
import { openConsole } from './console-door.ts';

const TOKEN = 'a-good-token-of-thirty-two-chars-or-more';
const PEOPLE = [`ada:approve:${TOKEN}-ada`, `bob:approve:${TOKEN}-bob`, `${TOKEN}-1`, `${TOKEN}-2`];
const APPROVING = RULES.replace('mode: act', 'mode: approve');
const RESET = {
  action: 'reset-nodes',
  pool: 'train-a',
  parameters: {},
  mode: 'approve',
  nodes: [nodeName(1)],
};

type Bench = ReturnType<typeof createBench>;

/** The decisions of people about the plan of a remediation that waits. */
async function waiting(bench: Bench, id: string) {
  const ask = openConsole(bench, PEOPLE);
  await bench.advance(5_000);
  const { body } = await ask('GET /remediations/{id}', { path: { id } });
  expect(body.state).toBe('awaiting-approval');
  return {
    shown: body,
    decide: (what: 'approve' | 'reject' | 'withdraw', who: string) =>
      ask(`POST /remediations/{id}/${what}`, {
        path: { id },
        token: `${TOKEN}-${who}`,
        ...(what !== 'withdraw' && { body: { hash: body.plan.hash, by: 'bob' } }),
      }),
  };
}

async function ordered(rules: string, by = 'ada') {
  const bench = createBench(rules);
  await openConsole(bench, PEOPLE)('POST /commands', {
    body: { ...RESET, id: 'c-1' },
    token: `${TOKEN}-${by}`,
  });
  return { bench, ...(await waiting(bench, 'c-1')) };
}

const ANOTHER = `${APPROVING}approvals: { by: another }\n`;

describe('a person’s own command', () => {
  test('is approved by another person, if the rules file wants it', async () => {
    const { bench, decide, shown } = await ordered(ANOTHER);
    expect(shown.askedBy).toBe('ada');
    const own = await decide('approve', 'ada');
    expect(own.status).toBe(403);
    expect(own.body).toMatchObject({
      askedBy: 'ada',
      detail: expect.stringContaining('approvals.by: another'),
    });
    await bench.advance(60_000);
    expect(bench.resets()).toEqual([]);
    expect((await decide('approve', 'bob')).status).toBe(202);
    await bench.advance(5_000);
    expect(bench.resets()).toHaveLength(1);
    // Nor does it count as one more approval.
    expect((await decide('approve', 'ada')).status).toBe(403);
  });

  test('may be rejected or withdrawn by that person', async () => {
    for (const [what, state] of [
      ['reject', 'rejected'],
      ['withdraw', 'rejected'],
    ] as const) {
      const { decide } = await ordered(ANOTHER);
      expect(await decide(what, 'ada')).toMatchObject({ status: 200, body: { state } });
    }
  });

  test('is approved by anyone otherwise', async () => {
    const { decide } = await ordered(APPROVING);
    expect((await decide('approve', 'ada')).status).toBe(202);
  });

  test('is that of every holder of a token without a name', async () => {
    const { decide } = await ordered(ANOTHER, '1');
    expect((await decide('approve', '2')).status).toBe(403);
    expect((await decide('approve', 'bob')).status).toBe(202);
  });

  test('is still the own one after another person has sent the same again', async () => {
    const { bench, decide } = await ordered(ANOTHER);
    const again = { body: { ...RESET, id: 'c-1' }, token: `${TOKEN}-bob` };
    await openConsole(bench, PEOPLE)('POST /commands', again);
    expect((await decide('approve', 'ada')).status).toBe(403);
    expect((await decide('approve', 'bob')).status).toBe(202);
  });
});

describe('a command that no person has ordered', () => {
  test('is approved by anybody: that of an alert', async () => {
    const bench = createBench(ANOTHER);
    await bench.receive(firing(nodeName(1)));
    const { decide, shown } = await waiting(bench, bench.remediations()[0]!.id);
    expect(shown).not.toHaveProperty('askedBy');
    expect((await decide('approve', 'ada')).status).toBe(202);
  });

  test('is approved by anybody: that of a queue; and not by the person who sent it back from the dead letters', async () => {
    for (const [redrivenBy, status] of [
      [undefined, 202],
      ['ada', 403],
    ] as const) {
      const bench = createBench(ANOTHER);
      await bench.commandQueue.send([
        { body: JSON.stringify({ ...RESET, id: 'c-1' }), ...(redrivenBy && { attributes: { redrivenBy } }) },
      ]);
      const { decide } = await waiting(bench, 'c-1');
      expect((await decide('approve', 'ada')).status).toBe(status);
    }
  });
});

test('the rules file names who may approve, and has a default', () => {
  expect(parseRules(RULES, 'rules.yml').approvals).toEqual({ by: 'anyone' });
  expect(parseRules(ANOTHER, 'rules.yml').approvals).toEqual({ by: 'another' });
  expect(() => parseRules(`${RULES}approvals: { by: other }\n`, 'rules.yml')).toThrow(
    'approvals.by: "other" is not one of anyone, another: did you mean "another"?',
  );
});
