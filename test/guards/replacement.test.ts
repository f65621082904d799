import { describe, expect, test } from 'vitest';
import { nodeNotReplaced } from '#lib/guards/replacement';
import type { AlertRecord } from '#lib/ledger/alert-document';
import { at, factsOf, HOUR, MINUTE, NOW, poolOfNodes } from '#test/capacity/pool-facts';

const ADDRESS = '10.0.0.1';

type Case = {
  of?: string;
  createdAt?: string | undefined;
  /** When its alerts began, in milliseconds from now. */
  began?: readonly number[];
  evidenceAt?: string;
  records?: readonly AlertRecord[];
};

const record = (beganMs: number, status: AlertRecord['status'], seenMs: number): AlertRecord => ({
  source: 'alertmanager',
  fingerprint: 'fp',
  startsAt: at(beganMs),
  status,
  seenAt: at(seenMs),
});

const verdict = ({ of = ADDRESS, createdAt, began = [], evidenceAt, records = [] }: Case) =>
  nodeNotReplaced(
    factsOf(
      poolOfNodes(1).map((node) => ({ ...node, privateIp: ADDRESS, createdAt })),
      {
        of,
        remediation: {
          alerts: began.map((ms) => ({ fingerprint: 'fp', startsAt: at(ms) })),
          ...(evidenceAt && { evidenceAt }),
        },
        alerts: records,
      },
    ),
    NOW,
  );

describe('an alert that does not say when it began', () => {
  const startsAt = '0001-01-01T00:00:00.000Z';
  const judged = (createdAt: string, records: AlertRecord[]) =>
    nodeNotReplaced(
      factsOf(
        poolOfNodes(1).map((node) => ({ ...node, privateIp: ADDRESS, createdAt })),
        { of: ADDRESS, remediation: { alerts: [{ fingerprint: 'fp', startsAt }] }, alerts: records },
      ),
      NOW,
    );
  const received = (beganMs: number): AlertRecord => ({
    ...record(beganMs, 'firing', -MINUTE),
    startsAt,
    beganAt: at(beganMs),
  });

  test('began when it was first received', () => {
    expect(judged(at(-2 * HOUR), [received(-HOUR)])).toMatchObject({ allowed: true });
    expect(judged(at(-30 * MINUTE), [received(-HOUR)])).toMatchObject({ allowed: false });
  });

  test('whose beginning the ledger does not know, either, is about no node for certain', () => {
    expect(judged(at(-2 * HOUR), [])).toMatchObject({ allowed: false });
  });
});

describe('an address stands for the node that bore it when the evidence began', () => {
  test.each<[string, Case, object]>([
    ['a node made before', { createdAt: at(-2 * HOUR), began: [-HOUR] }, { allowed: true }],
    [
      'a node made since: it is another one',
      { createdAt: at(-10 * MINUTE), began: [-HOUR] },
      { allowed: false },
    ],
    [
      'a node made within the error of two clocks: it may be another one',
      { createdAt: at(-HOUR - MINUTE), began: [-HOUR] },
      { allowed: false },
    ],
    [
      'a node made before the younger of two alerts',
      { createdAt: at(-30 * MINUTE), began: [-HOUR, -10 * MINUTE] },
      { allowed: true },
    ],
    [
      'a node made before an alert that has resolved, and after the one that still fires',
      {
        createdAt: at(-30 * MINUTE),
        began: [-HOUR, -10 * MINUTE],
        records: [record(-10 * MINUTE, 'resolved', -MINUTE)],
      },
      { allowed: false },
    ],
    [
      'a node made since, whose alert began in the future by its sender',
      { createdAt: at(MINUTE), began: [HOUR] },
      { allowed: false },
    ],
    ['a node of unknown age', { began: [-HOUR] }, { allowed: false, defers: true }],
    [
      'a node with an unreadable age',
      { createdAt: 'long ago', began: [-HOUR] },
      { allowed: false, defers: true },
    ],
    ['a command without a time', { createdAt: at(-MINUTE) }, { allowed: true }],
    [
      'a command whose evidence is older than the node',
      { createdAt: at(-10 * MINUTE), evidenceAt: at(-20 * MINUTE) },
      { allowed: false },
    ],
    [
      'a command whose evidence is of unknown order to the node',
      { evidenceAt: at(-20 * MINUTE) },
      { allowed: false, defers: true },
    ],
    [
      'a name: it is never used again',
      { of: 'n1', createdAt: at(-MINUTE), began: [-HOUR] },
      { allowed: true },
    ],
    ['a name, of a node of unknown age', { of: 'n1', began: [-HOUR] }, { allowed: true }],
  ])('%s', (_name, given, expected) => {
    const { allowed, defers } = verdict(given);
    expect({ allowed, ...(defers && { defers }) }).toEqual(expected);
  });

  test('an alert that goes on firing long after its node was replaced goes to a person', () => {
    const replaced = { createdAt: at(-30 * MINUTE), began: [-HOUR] };
    expect(verdict({ ...replaced, records: [record(-HOUR, 'firing', -20 * MINUTE)] })).not.toHaveProperty(
      'handsOver',
    );
    expect(verdict({ ...replaced, records: [record(-HOUR, 'firing', -5 * MINUTE)] })).toMatchObject({
      allowed: false,
      handsOver: true,
    });
  });
});
