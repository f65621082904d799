import { expect, test } from 'vitest';
import { verifyRedundancy } from '#lib/verification/verify-redundancy';
import { MINUTE, node, subject, view } from './subject.ts';

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
  const outcome = verifyRedundancy(view(nodes), subject({ call: { request: { action } } }), MINUTE);
  expect(outcome.state).toBe(state);
  expect(outcome.why).toContain(label ?? 'false');
});

test('it is waited for until the deadline, or for as long as the rule says, if that is shorter', () => {
  const open = subject({ call: { request: { action: 'openHaRedundant' } } });
  const hasty = { ...open, verify: { healthyForMs: 0, withinMs: 5 * MINUTE } };
  const patient = { ...open, verify: { healthyForMs: 0, withinMs: 500 * MINUTE } };
  const endOf = (which: typeof open) =>
    [4, 5, 59, 60].find(
      (minute) => verifyRedundancy(view([node('n1')]), which, minute * MINUTE).state === 'failed',
    );
  expect([open, hasty, patient].map(endOf)).toEqual([60, 5, 60]);
  expect(verifyRedundancy(view([node('n1')]), open, 60 * MINUTE).why).toContain('it was to be true');
});

test('a node that is gone has failed at once', () => {
  const outcome = verifyRedundancy(view([node('n2')]), subject(), MINUTE);
  expect(outcome).toEqual({ state: 'failed', why: 'the pool does not have the node any more' });
});
