import { expect, test } from 'vitest';
import { readDeadLetter } from '#lib/dead-letters/dead-letter';
import { adviceOn, judgeDeadLetter, type Known } from '#lib/dead-letters/judge';
import { bodyToSend, readSubject } from '#lib/dead-letters/subject';
import reset from '../../events/commands/reset-nodes.json' with { type: 'json' };
import policy from '../../events/tag-policies/organization.json' with { type: 'json' };

const FOLLOW = {
  callId: 'call-1',
  pool: 'pool-1',
  probe: { kind: 'job', jobId: 'job-1' },
  look: 3,
  dueAt: '2026-11-20T10:00:00.000Z',
};
const FIRING = { schedule: 'shrink-at-night', scheduledAt: '2026-11-20T19:00:00Z' };
const NOTICE = {
  kind: 'remediation',
  id: 'c-1',
  state: 'needs-human',
  since: '2026-11-20T10:00:00.000Z',
};
const FAILED = {
  reason: 'it failed 5 times',
  firstError: 'Error: throttled',
  firstErrorAt: '2026-11-20T10:00:00.000Z',
};
const REFUSED = { reason: 'ModelArts answered 404', remediation: 'c-1', status: '404' };
const POISON = { reason: 'pool: the rules file has no such pool' };

const remediation = (state: string, more: object = {}) =>
  ({ id: 'c-1', state, receipts: [], ...more }) as unknown as Known;

function verdictOn(
  body: object | string,
  said: Record<string, string>,
  known: Known = 'unknown',
  hasQueue = true,
) {
  const letter = readDeadLetter('reset-nodes', {
    messageId: 'dead-1',
    receiptHandle: 'handle-1',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: said,
  });
  return judgeDeadLetter(letter, known, hasQueue).verdict;
}

test.each([
  ['a command that failed, and is not in the ledger', reset, FAILED, 'absent', 'safe'],
  ['a command that was moved without a word', reset, {}, remediation('submitting'), 'safe'],
  ['a deferred command', reset, FAILED, remediation('deferred'), 'safe'],
  [
    'a command that was handed over undecided',
    reset,
    FAILED,
    remediation('needs-human', { handedOver: true }),
    'safe',
  ],
  ['a command whose nodes a person has released', reset, FAILED, remediation('needs-human'), 'useless'],
  ['a command whose answer was lost', reset, FAILED, remediation('needs-human'), 'useless'],
  ['a command whose job runs', reset, FAILED, remediation('running'), 'useless'],
  ['a command that has ended', reset, FAILED, remediation('succeeded'), 'useless'],
  ['a command that the API has refused', reset, REFUSED, remediation('failed'), 'useless'],
  ['a command for an unknown pool', reset, POISON, 'absent', 'useless'],
  ['a poll of a job', FOLLOW, FAILED, 'unknown', 'safe'],
  ['a tag policy', policy, FAILED, 'unknown', 'safe'],
  ['a notice', NOTICE, FAILED, 'unknown', 'safe'],
  ['a firing of a schedule', FIRING, {}, 'unknown', 'impossible'],
  [
    'an event of CloudWatch that Lambda reports',
    { requestPayload: { source: 'aws.cloudwatch' } },
    {},
    'unknown',
    'impossible',
  ],
  ['a firing that Lambda reports', { requestPayload: FIRING }, {}, 'unknown', 'impossible'],
  ['what is no JSON', '{', POISON, 'unknown', 'impossible'],
] as const)('%s', (_name, body, said, known, verdict) => {
  expect(verdictOn(body, said, known)).toBe(verdict);
});

test('what has no queue cannot be sent back', () => {
  expect(verdictOn(reset, FAILED, 'absent', false)).toBe('impossible');
});

test('a command without an id is sent back under the id that it had', () => {
  const { id: _id, ...nameless } = { id: '', ...reset };
  const body = JSON.stringify(nameless);
  const subject = readSubject(body, 'first-sent');
  expect(subject).toMatchObject({ kind: 'command', id: 'message-first-sent' });
  expect(JSON.parse(bodyToSend(body, subject))).toEqual({ ...nameless, id: 'message-first-sent' });
  const named = JSON.stringify({ ...nameless, id: 'c-1' });
  expect(bodyToSend(named, readSubject(named, 'other'))).toBe(named);
  expect(bodyToSend('{', readSubject('{', 'other'))).toBe('{');
});

test.each([
  ['safe', 'It is worth sending back: it begins.'],
  ['useless', 'To send it back is no use: it begins.'],
  ['impossible', 'It cannot be sent back: it begins.'],
] as const)('the advice on what is %s is a sentence', (verdict, advice) => {
  expect(adviceOn({ verdict, why: 'it begins' })).toBe(advice);
});
