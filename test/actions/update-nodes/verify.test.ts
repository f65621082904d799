import { expect, test } from 'vitest';
import { verifyUpdate } from '#lib/actions/update-nodes/verify';
import { MINUTE, node, subject, view } from '#test/verification/subject';

const LABEL = 'os.modelarts.node/ha.redundant.enabled';

test.each([
  ['openHaRedundant', 'true', 'succeeded'],
  ['openHaRedundant', 'false', 'verifying'],
  ['openHaRedundant', undefined, 'verifying'],
  ['closeHaRedundant', 'false', 'succeeded'],
  ['closeHaRedundant', undefined, 'succeeded'],
  ['closeHaRedundant', 'true', 'verifying'],
])('%s with the label %j is %s', (action, label, state) => {
  const nodes = [node('n1', { labels: label === undefined ? {} : { [LABEL]: label } }), node('n2')];
  const outcome = verifyUpdate(view(nodes), subject({ call: { request: { action } } }), MINUTE);
  expect(outcome.state).toBe(state);
  expect(outcome.why).toContain(label ?? 'false');
});

test('it is waited for until the deadline, or for as long as the rule says, if that is shorter', () => {
  const open = subject({ call: { request: { action: 'openHaRedundant' } } });
  const hasty = { ...open, verify: { healthyForMs: 0, withinMs: 5 * MINUTE } };
  const patient = { ...open, verify: { healthyForMs: 0, withinMs: 500 * MINUTE } };
  const endOf = (which: typeof open) =>
    [4, 5, 59, 60].find(
      (minute) => verifyUpdate(view([node('n1')]), which, minute * MINUTE).state === 'failed',
    );
  expect([open, hasty, patient].map(endOf)).toEqual([60, 5, 60]);
  expect(verifyUpdate(view([node('n1')]), open, 60 * MINUTE).why).toContain('it should be true');
});

const OPEN = { request: { action: 'openHaRedundant' } };

test('a node that is gone, in two readings a minute apart, has failed', () => {
  const first = verifyUpdate(view([node('n2')]), subject({ call: OPEN }), 0);
  expect(first).toMatchObject({ state: 'verifying', notSeenSince: '1970-01-01T00:00:00.000Z' });
  expect(verifyUpdate(view([node('n2')]), subject({ call: OPEN, before: first }), MINUTE)).toEqual({
    state: 'failed',
    why: 'the node has been gone from the pool since 1970-01-01T00:00:00.000Z',
  });
});

test.each([
  ['cannot be read', [node('n1', { unreadable: ['labels'] })]],
  ['one answer hides', [node('n1'), node('n2', { labels: { zone: 'a' } })]],
])('labels that %s say nothing', (_, nodes) => {
  const seen = view(nodes);
  for (const action of ['openHaRedundant', 'closeHaRedundant']) {
    const who = subject({ call: { request: { action } } });
    expect(verifyUpdate(seen, who, MINUTE)).toMatchObject({ state: 'verifying' });
    expect(verifyUpdate(seen, who, 60 * MINUTE)).toMatchObject({ state: 'failed', notKnown: true });
  }
});

test.each([
  ['tags', { request: { action: 'createTags' } }, {}],
  ['redundancy', OPEN, { labels: { [LABEL]: 'true' } }],
])('where the rule wants it, a node must be well after %s', (_name, call, more) => {
  const verify = { healthyForMs: 2 * MINUTE, withinMs: 20 * MINUTE };
  const at = (phase: string, minute: number, before = {}) =>
    verifyUpdate(
      view([node('n1', { phase, ...more })]),
      subject({ call, verify, before: { state: 'verifying', ...before } }),
      minute * MINUTE,
    );
  expect(at('Abnormal', 1)).toMatchObject({ state: 'verifying', why: 'the node is Abnormal' });
  expect(at('Abnormal', 20, { brokenSince: new Date(19 * MINUTE).toISOString() })).toEqual({
    state: 'failed',
    why: 'the API has done what was asked, but the node is Abnormal',
  });
  expect(at('Available', 1)).toMatchObject({ state: 'verifying' });
  const healthySince = new Date(MINUTE).toISOString();
  expect(at('Available', 3, { healthySince })).toMatchObject({ state: 'succeeded' });
});
