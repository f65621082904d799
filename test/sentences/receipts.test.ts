import { expect, test } from 'vitest';
import { isReceipt, type Receipt } from '#lib/ledger/receipts/receipt';
import { refusalsIn } from '#lib/sentences/guards';
import { sentencesOf } from '#lib/sentences/receipts';
import { clockIn } from '#lib/sentences/time';

const at = '2026-11-20T10:00:00.000Z';
const later = '2026-11-20T10:15:30.000Z';

const about = {
  words: { vendorName: 'batch-reset', verified: 'node healthy' },
  command: 'reset-nodes',
  several: false,
  time: (iso: string) => clockIn('Asia/Shanghai', iso),
};

/** For each kind of receipt: an example of every form that it takes, with its label and its words. */
const examples: { [Step in Receipt['step']]: [Extract<Receipt, { step: Step }>, string, string][] } = {
  event: [
    [
      { at, step: 'event', source: 'smn', fingerprint: 'f1', startsAt: at, labels: { alertname: 'LOST' } },
      'alert accepted',
      'The source smn reported LOST, firing since 18:00:00.',
    ],
    [
      { at, step: 'event', source: 'smn', fingerprint: 'f1', labels: {}, reopened: 2, alerts: 3 },
      'alert accepted',
      'The source smn reported an alert without a name. It fires again: it has come back 2 times. 2 more alerts ask for the same.',
    ],
    [
      { at, step: 'event', source: 'smn', fingerprint: 'f1', status: 'resolved', resolvedAt: later },
      'alert resolved',
      'The alert f1 resolved at 18:15:30.',
    ],
    [
      { at, step: 'event', source: 'operator', by: 'mei' },
      'command accepted',
      'The command reset-nodes came from mei, with the source operator.',
    ],
    [
      { at, step: 'event', source: 'cmdb', messageId: 'm1' },
      'command accepted',
      'The command reset-nodes came over the queue, from the source cmdb.',
    ],
    [
      { at, step: 'event', source: 'schedule', schedule: 'nightly', scheduledAt: later },
      'schedule fired',
      'The schedule nightly gave the command reset-nodes, due at 18:15:30.',
    ],
    [
      { at, step: 'event', source: 'tag-policy', policies: ['a', 'b'] },
      'tag policy read',
      'The command reset-nodes follows from the tag policies a and b.',
    ],
  ],
  decision: [
    [
      { at, step: 'decision', rule: 'lost', action: 'reset-nodes', mode: 'act' },
      'decision',
      'The rule lost chose reset-nodes, in mode act.',
    ],
    [
      { at, step: 'decision', rule: 'lost', rung: 2, action: 'migrate-nodes', mode: 'approve' },
      'decision',
      'The rule lost chose migrate-nodes, as rung 2, in mode approve.',
    ],
    [
      { at, step: 'decision', rule: 'hot', onResolved: 1, action: 'update-nodes', mode: 'act' },
      'decision',
      'The rule hot chose update-nodes, as step 1 after the alert resolved, in mode act.',
    ],
  ],
  schedule: [
    [{ at, step: 'schedule', allowed: false, why: 'it is 3 h late' }, 'schedule', 'It is 3 h late.'],
  ],
  selection: [
    [
      { at, step: 'selection', selected: 9, listed: 127, unreadable: 1, part: 2, parts: 3 },
      'selection',
      'It selects 9 of 127 nodes, part 2 of 3. 1 entry of the list cannot be read.',
    ],
  ],
  guard: [
    [
      { at, step: 'guard', guard: 'budget', allowed: false, why: 'at most 3 may be', defers: true },
      'guards',
      '1 of 1 guard objects.',
    ],
    [
      { at, step: 'guard', guard: 'budget', allowed: true, why: 'it fits' },
      'guards',
      'The only guard allows it.',
    ],
  ],
  defer: [
    [
      { at, step: 'defer', until: later, why: 'it waits: no slot', behind: 'r0', guards: ['budget'] },
      'deferred',
      'It waits: no slot. Remediation r0 goes first. Poolkeeper checks it again by 18:15:30.',
    ],
    [
      { at, step: 'defer', until: later, throttled: true, status: 429, code: 'APIG.0308' },
      'deferred',
      'No reason was given (HTTP 429, APIG.0308). The API asked for fewer requests. Poolkeeper checks it again by 18:15:30.',
    ],
    [
      { at, step: 'defer', gaveUp: true, message: 'the evidence would be too old' },
      'given up',
      'The evidence would be too old.',
    ],
  ],
  approval: [
    [
      { at, step: 'approval', decision: 'approved', hash: 'h1', by: 'mei', note: 'seen' },
      'approved',
      'The plan h1 has the approval of mei. Their note: “seen”.',
    ],
    [
      { at, step: 'approval', decision: 'seconded', hash: 'h1', by: 'li' },
      'seconded',
      'The plan has the approval of li, too.',
    ],
    [
      { at, step: 'approval', decision: 'rejected', hash: 'h1', by: 'li' },
      'rejected',
      'The plan was rejected by li.',
    ],
    [
      { at, step: 'approval', decision: 'expired', hash: 'h1', why: 'no person decided for a day' },
      'expired',
      'No person decided for a day.',
    ],
    [
      { at, step: 'approval', decision: 'void', approved: 'h1', plan: 'h2' },
      'void',
      'The plan has changed since its approval, from h1 to h2: the approval no longer holds.',
    ],
  ],
  intent: [
    [{ at, step: 'intent', callId: 'c1' }, 'intent', 'Poolkeeper records the request before it sends it.'],
  ],
  call: [
    [
      { at, step: 'call', outcome: 'accepted', callId: 'c1', joined: 3, targets: ['a', 'b', 'c'] },
      'batch-reset sent',
      'ModelArts accepted batch-reset for 3 targets, sent once, one call for 3 remediations.',
    ],
    [
      { at, step: 'call', outcome: 'unknown', callId: 'c1', message: 'the connection was reset' },
      'batch-reset sent',
      'Poolkeeper sent batch-reset once, and its answer was lost: the connection was reset.',
    ],
    [
      { at, step: 'call', outcome: 'refused', status: 400, vendorMessage: 'no such node' },
      'refused',
      'ModelArts refused batch-reset: no such node (HTTP 400).',
    ],
  ],
  answer: [
    [
      { at, step: 'answer', callId: 'c1', succeeded: 4, failed: { n5: 'busy' }, later: 1 },
      'answer',
      'ModelArts answered with success for 4 nodes. Without success: n5: busy. 1 node must be asked for again later.',
    ],
  ],
  job: [
    [
      { at, step: 'job', phase: 'submitted', jobId: 'j1', deadline: later },
      'job',
      'ModelArts works on it as job j1, which may take until 18:15:30.',
    ],
    [{ at, step: 'job', phase: 'running', jobId: 'j1' }, 'job runs', 'The job runs.'],
    [
      { at, step: 'job', phase: 'succeeded', jobId: 'j1', endedAt: later },
      'job succeeded',
      'The job ended with success at 18:15:30. The state of the target decides.',
    ],
    [{ at, step: 'job', phase: 'failed', why: 'step 3 failed' }, 'job failed', 'Step 3 failed.'],
    [{ at, step: 'job', phase: 'Pausing', known: false }, 'job Pausing', 'The job is Pausing.'],
  ],
  verify: [
    [
      { at, step: 'verify', target: 'n1', state: 'succeeded', why: 'the node is Available' },
      'node healthy',
      'The node is Available.',
    ],
    [{ at, step: 'verify', target: 'n1', state: 'verifying' }, 'verification', 'Its state is verifying.'],
  ],
  deadline: [
    [
      { at, step: 'deadline', deadline: later, seen: 'the node is Resetting', why: 'it took more than 30m' },
      'deadline',
      'It took more than 30m. Last seen: the node is Resetting.',
    ],
  ],
  escalation: [
    [
      { at, step: 'escalation', to: 'r2', action: 'migrate-nodes', why: 'the job failed' },
      'did not help',
      'The job failed. The ladder goes on with migrate-nodes: remediation r2.',
    ],
    [
      { at, step: 'escalation', from: 'r1', why: 'rung 1 did not help' },
      'next rung',
      'Rung 1 did not help. The rung before: remediation r1.',
    ],
  ],
  handover: [
    [
      {
        at,
        step: 'handover',
        rule: 'lost',
        pool: 'p1',
        nodes: ['n1'],
        alerts: [],
        rungs: [{ rung: 1, action: 'reset-nodes', result: 'the job failed' }],
        shows: 'the node is Abnormal',
        lookAt: ['n1 in pool p1', 'job j1'],
      },
      'for a person',
      'Tried: 1. reset-nodes: the job failed. The node is Abnormal. Look at n1 in pool p1, job j1.',
    ],
  ],
  'handed-over': [
    [{ at, step: 'handed-over', why: 'it failed five times' }, 'for a person', 'It failed five times.'],
  ],
  redrive: [
    [
      { at, step: 'redrive', messageId: 'm1' },
      'came again',
      'Its command came again after it had gone to a person.',
    ],
  ],
  'judged-again': [
    [
      { at, step: 'judged-again', times: 2 },
      'judged again',
      'Its alert still fires, so its guards were asked again, time 2.',
    ],
  ],
  'still-firing': [
    [
      { at, step: 'still-firing', alerts: ['f1'], seenAt: later, succeededAt: at, within: '10 min' },
      'still firing',
      'Its alert still fired at 18:15:30, after the success at 18:00:00. Alerts have 10 min to resolve.',
    ],
  ],
  evidence: [
    [
      { at, step: 'evidence', alert: 'f1', status: 'resolved', resolvedAt: later },
      'alert resolved',
      'The alert f1 resolved at 18:15:30.',
    ],
    [
      { at, step: 'evidence', alert: 'f1', status: 'lost', resolvedAt: later, why: 'the series is missing' },
      'alert lost',
      'The sender lost sight of the alert f1. The series is missing.',
    ],
  ],
  notice: [
    [
      { at, step: 'notice', severity: 'critical' },
      'notice sent',
      'A notice with severity critical was sent to people.',
    ],
  ],
  whole: [
    [
      { at, step: 'whole', nodes: ['n2', 'n3'] },
      'whole supernode',
      'The supernode moves as a whole. These nodes move with it: n2 and n3.',
    ],
  ],
  joined: [
    [
      { at, step: 'joined', to: 'r2' },
      'joined',
      'Remediation r2 moves the node together with its supernode.',
    ],
  ],
  sweep: [
    [
      { at, step: 'sweep', why: 'nothing has happened for 15m', gaveUp: true },
      'sweep',
      'Nothing has happened for 15m.',
    ],
  ],
  release: [
    [
      { at, step: 'release', by: 'mei', why: 'mei says that nothing works on n1 any more', note: 'checked' },
      'released',
      'mei says that nothing works on n1 any more. Their note: “checked”.',
    ],
  ],
  withdrawn: [
    [
      { at, step: 'withdrawn', by: 'mei', note: 'not tonight' },
      'withdrawn',
      'The command was taken back by mei. Their note: “not tonight”.',
    ],
  ],
  omitted: [
    [
      { at, step: 'omitted', count: 2, until: later, why: '2 receipts are left out' },
      'left out',
      '2 receipts are left out.',
    ],
  ],
};

const all = Object.values(examples).flat();

test.each(all)('%o', (receipt, label, text) => {
  expect(isReceipt(receipt)).toBe(true);
  expect(sentencesOf([receipt], about)).toMatchObject([{ at, label, text }]);
});

test('each field that a receipt may lack leaves no hole in its sentence', () => {
  for (const [receipt] of all) {
    for (const field of Object.keys(receipt)) {
      const rest = Object.fromEntries(Object.entries(receipt).filter(([name]) => name !== field));
      if (!isReceipt(rest)) continue;
      const [said] = sentencesOf([rest], about);
      expect(said?.text, JSON.stringify(rest)).not.toMatch(/undefined|null|NaN|\[object|\s[.,]|\.\./);
      expect(said?.text, JSON.stringify(rest)).toMatch(/^\S.*[.”]$/);
      expect(said?.label.length).toBeLessThanOrEqual(19);
    }
  }
});

const guard = (name: string, allowed: boolean): Receipt => ({
  at,
  step: 'guard',
  guard: name,
  allowed,
  why: `${name} says so`,
});

test('the guards of one evaluation are one sentence, with the reason of each', () => {
  const receipts = [
    guard('mode', true),
    guard('budget', false),
    guard('storm', false),
    examples.intent[0]![0],
  ];
  const [judged, ...others] = sentencesOf([...receipts, guard('mode', true)], about);
  expect(judged).toMatchObject({ text: '2 of 3 guards object.', tone: 'notable' });
  expect(refusalsIn(judged?.guards ?? []).map(({ guard: name, text }) => `${name}: ${text}`)).toEqual([
    'budget: Budget says so.',
    'storm: Storm says so.',
  ]);
  expect(others.map(({ label }) => label)).toEqual(['intent', 'guards']);
});

test('a check of one of several targets names it', () => {
  const verify: Receipt = { at, step: 'verify', target: 'n1', state: 'failed', why: 'it is Abnormal' };
  expect(sentencesOf([verify], { ...about, several: true })).toMatchObject([
    { text: 'n1: it is Abnormal.', tone: 'bad' },
  ]);
});

test('a receipt of another version says its reason, or all that it holds', () => {
  const foreign: Receipt[] = JSON.parse(
    JSON.stringify([
      { at, step: 'escalate', why: 'the reset did not help' },
      { at, step: 'notify', target: 'webhook' },
    ]),
  );
  expect(sentencesOf(foreign, about).map(({ label, text }) => [label, text])).toEqual([
    ['escalate', 'The reset did not help.'],
    ['notify', '{"target":"webhook"}'],
  ]);
});
