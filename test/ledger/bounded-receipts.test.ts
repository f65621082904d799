import { array, assert, constantFrom, property, record, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonBytes } from '#lib/json-bytes';
import { boundedReceipts } from '#lib/ledger/receipts/bounded-receipts';
import { isReceipt, type Receipt } from '#lib/ledger/receipts/receipt';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString();

const deferral = (minute: number): Receipt => ({
  at: at(minute),
  step: 'defer',
  until: at(minute + 1),
  why: `ModelArts answered 503 APIGW.0605 "Backend down." ${'x'.repeat(300)}`,
});

const happened = (all: readonly Receipt[]) =>
  all.map(({ step }) => step).filter((step) => !['guard', 'defer', 'omitted'].includes(step));
const kinds = (all: readonly Receipt[]) =>
  new Set(
    all.filter((one) => one.step === 'guard').map(({ guard, allowed }) => JSON.stringify([guard, allowed])),
  );
const last = (all: readonly Receipt[]) => all.findLast(({ step }) => step !== 'omitted')?.step;

describe('receipts', () => {
  test('within their size stay as they are', () => {
    const few = [deferral(1), deferral(2)];
    expect(boundedReceipts(few)).toEqual(few);
  });

  test('of fifteen hours without the API keep the first and the last, and count the rest', () => {
    const event: Receipt = { at: at(0), step: 'event', source: 'alertmanager' };
    let kept: Receipt[] = [event];
    for (let minute = 1; minute <= 946; minute += 1) kept = boundedReceipts([...kept, deferral(minute)]);
    expect(jsonBytes(kept)).toBeLessThanOrEqual(72 * 1024);
    expect(kept.slice(0, 2)).toEqual([event, deferral(1)]);
    expect(kept.slice(-20)).toEqual(Array.from({ length: 20 }, (_, index) => deferral(927 + index)));
    const [omitted, ...others] = kept.filter((one) => one.step === 'omitted');
    expect(others).toEqual([]);
    expect(Number(omitted?.count) + kept.length - 1).toBe(947);
    expect(omitted?.why).toMatch(/^\d+ receipts from 2026-11-20T10:02:00.000Z to /);
  });

  const steps = constantFrom('guard', 'defer', 'call', 'sweep', 'handed-over');
  const receipt = record({
    at: constantFrom(at(1), at(2)),
    step: steps,
    guard: constantFrom('budget', 'cooldown'),
    allowed: constantFrom(true, false),
    outcome: constantFrom('accepted', 'refused', 'unknown'),
    why: string({ maxLength: 40 }),
  }).filter(isReceipt);

  test('that something may rest on are never left out, nor the first and the last of those that repeat', () => {
    assert(
      property(array(receipt, { maxLength: 120 }), (receipts) => {
        const kept = boundedReceipts(receipts, 4_000);
        expect(kept.every(isReceipt)).toBe(true);
        expect(happened(kept)).toEqual(happened(receipts));
        expect(kinds(kept)).toEqual(kinds(receipts));
        expect(last(kept)).toBe(last(receipts));
      }),
    );
  });

  test('of a command for 500 nodes have their lists cut, and the request that was sent last of all', () => {
    const nodes = Array.from({ length: 500 }, (_, index) => `os-node-created-${index}`);
    const receipts: Receipt[] = [
      ...Array.from({ length: 12 }, (_, index) => ({
        at: at(index),
        step: 'guard' as const,
        guard: `guard-${index}`,
        allowed: true,
        why: 'it may be',
        targets: nodes,
      })),
      { at: at(20), step: 'call', outcome: 'accepted', request: { nodeNames: nodes } },
    ];
    const kept = boundedReceipts(receipts);
    expect(jsonBytes(kept)).toBeLessThanOrEqual(72 * 1024);
    expect(kept.at(-1)).toEqual(receipts.at(-1));
    expect(kept[0]).toMatchObject({ targets: [...nodes.slice(0, 20), '… 480 more'] });
  });
});
