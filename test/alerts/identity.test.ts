import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlertmanagerBody } from '#events/alertmanager';
import { decide } from '#lib/alerts/decide';
import { groupByRemediation } from '#lib/alerts/group';
import { remediationId } from '#lib/alerts/identity';
import { readAlertmanager } from '#lib/alerts/sources/alertmanager';
import { toCommand } from '#lib/alerts/to-command';
import { POOL_A, rules } from './alerts.ts';

type Sent = { fingerprint: string; startsAt: string; labels: Record<string, string>; annotations?: object };

/** The ids, by node, that one delivery of alerts leads to: all the way from the payload to the commands. */
function idsOf(alerts: readonly Sent[], receivedAt = '2026-11-20T10:00:00.000Z'): Record<string, string> {
  const payload = { version: '4', alerts: alerts.map((sent) => ({ status: 'firing', ...sent })) };
  const { findings } = decide(readAlertmanager(AlertmanagerBody.parse(payload), 0).alerts, rules);
  const decisions = groupByRemediation(findings).map((group) => toCommand(group, receivedAt));
  return Object.fromEntries(
    decisions.map((decision) => [nodesOf(decision.command).join(), decision.command.id]),
  );
}

function nodesOf(command: object): string[] {
  return 'nodes' in command ? (command.nodes as string[]) : [];
}

const sentAlert = fc.record({
  fingerprint: fc.constantFrom('f1', 'f2', 'f3', 'f4'),
  beginsMs: fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2030-01-01') }),
  node: fc.constantFrom('node-1', 'node-2', '10.0.0.7:9100'),
});
const label = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}_$/), fc.string());

/** The same instant as RFC 3339 may spell it. */
function spell(
  ms: number,
  { offsetHours, nanoseconds }: { offsetHours: number; nanoseconds: boolean },
): string {
  const local = new Date(ms + offsetHours * 3_600_000).toISOString().slice(0, -1);
  const hours = String(Math.abs(offsetHours)).padStart(2, '0');
  const zone = offsetHours === 0 ? 'Z' : `${offsetHours < 0 ? '-' : '+'}${hours}:00`;
  return `${local}${nanoseconds ? '000000' : ''}${zone}`;
}

const spelling = fc.record({ offsetHours: fc.integer({ min: -12, max: 14 }), nanoseconds: fc.boolean() });
const manner = fc.record({ more: label, text: fc.string(), spelled: spelling });

test('an id rests on rule, pool, fingerprint and beginning alone: not on order, time of delivery, labels or spelling', () => {
  const delivery = fc
    .uniqueArray(sentAlert, { minLength: 1, maxLength: 6, selector: ({ fingerprint }) => fingerprint })
    .chain((alerts) =>
      fc.tuple(fc.constant(alerts), fc.shuffledSubarray(alerts, { minLength: alerts.length })),
    );
  fc.assert(
    fc.property(
      delivery,
      fc.infiniteStream(manner),
      fc.date({ min: new Date('2026-11-20'), max: new Date('2036-11-20'), noInvalidDate: true }),
      ([alerts, shuffled], manners, later) => {
        const plainly = alerts.map(({ fingerprint, beginsMs, node }) => ({
          fingerprint,
          startsAt: new Date(beginsMs).toISOString(),
          labels: { alertname: 'CardLost', instance: node },
        }));
        const otherwise = shuffled.map(({ fingerprint, beginsMs, node }) => {
          const { more, text, spelled } = manners.next().value;
          return {
            fingerprint,
            startsAt: spell(beginsMs, spelled),
            labels: { ...more, alertname: 'CardLost', instance: node },
            annotations: { summary: text },
          };
        });
        expect(idsOf(otherwise, later.toISOString())).toEqual(idsOf(plainly));
      },
    ),
  );
});

test('of several alerts for one node the oldest gives the id, with any others beside it', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(100_000), { minLength: 1, maxLength: 6 }),
      fc.nat(5),
      (begins, rotation) => {
        const alerts = begins.map((begin, index) => ({
          fingerprint: `f${index}`,
          startsAt: new Date(begin).toISOString(),
          labels: { alertname: 'CardLost', instance: 'node-1' },
        }));
        const oldest = alerts[begins.indexOf(Math.min(...begins))]!;
        const rotated = [...alerts.slice(rotation), ...alerts.slice(0, rotation)];
        expect(idsOf(rotated)).toEqual(idsOf([oldest]));
        expect(idsOf([oldest])).toEqual({ 'node-1': remediationId('card-lost', POOL_A, oldest) });
      },
    ),
  );
});

test('alerts that began in the same instant give the same id in any order', () => {
  const alerts = ['b', 'a', 'c'].map((fingerprint) => ({
    fingerprint,
    startsAt: '2026-11-20T09:59:30Z',
    labels: { alertname: 'CardLost', instance: 'node-1' },
  }));
  expect(idsOf(alerts)).toEqual(idsOf(alerts.toReversed()));
  expect(idsOf(alerts)).toEqual({ 'node-1': remediationId('card-lost', POOL_A, alerts[1]!) });
});

describe('another id', () => {
  const { rule, pool, reference } = {
    rule: 'card-lost',
    pool: POOL_A,
    reference: { fingerprint: 'f0a1', startsAt: '2026-11-20T09:59:30.000Z' },
  };
  const id = remediationId(rule, pool, reference);

  test.each([
    ['another rule', remediationId('card-slow', pool, reference)],
    ['another pool', remediationId(rule, 'pool-b', reference)],
    ['another alert', remediationId(rule, pool, { ...reference, fingerprint: 'f0a2' })],
    [
      'the same alert, firing anew',
      remediationId(rule, pool, { ...reference, startsAt: '2026-11-20T09:59:30.001Z' }),
    ],
    ['parts that only together are the same text', remediationId('card-lostp', pool.slice(1), reference)],
  ])('comes from %s', (_, other) => {
    expect(other).not.toBe(id);
  });

  test('never comes from another version of this code: an id is permanent', () => {
    expect(id).toBe('5a7177101626ada0847dfc50c2d88d03');
  });
});
