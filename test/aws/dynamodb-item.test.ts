import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromAttributes, toAttributes } from '#lib/aws/dynamodb-attributes';
import { toDocument, toItem } from '#lib/aws/dynamodb-item';
import type { Document } from '#lib/ledger/store';

const written = { pk: 'remediation#1', sk: '-', version: 3, writeId: 'w-1' };

/** A document as it is read after its write. */
function stored(document: Document): Record<string, unknown> {
  return fromAttributes(JSON.parse(JSON.stringify(toAttributes(toItem(document)))));
}

describe('the item of a document', () => {
  test('leads back to the document, with any value', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.string({ unit: 'binary', maxLength: 2_000 }),
        (value, text) => {
          const document = { ...written, state: 'running', value: JSON.parse(JSON.stringify([value, text])) };
          expect(toDocument(stored(document))).toEqual(document);
        },
      ),
    );
  });

  test('has a short value as readable JSON, and a long one deflated to a third', () => {
    expect(toItem({ ...written, value: { short: true } })).toMatchObject({ value: '{"short":true}' });
    const receipts = Array.from({ length: 40 }, (_, index) => ({
      at: `2026-11-20T10:00:${index}.000Z`,
      step: 'guard',
      guard: 'cooldown',
      outcome: 'passed',
      node: `os-node-created-${index}`,
    }));
    const { packed, value } = toItem({ ...written, value: { receipts } });
    expect(value).toBeUndefined();
    expect(Buffer.isBuffer(packed) && packed.length).toBeLessThan(JSON.stringify(receipts).length / 3);
  });

  test('is texts, numbers and binary content on the wire', () => {
    expect(toAttributes({ text: 'a', number: 3, binary: Buffer.from('deflated') })).toEqual({
      text: { S: 'a' },
      number: { N: '3' },
      binary: { B: 'ZGVmbGF0ZWQ=' },
    });
    expect(fromAttributes({ text: { S: '' }, number: { N: '3.5' }, foreign: { BOOL: true } })).toEqual({
      text: '',
      number: 3.5,
    });
  });

  test('has no field but texts and numbers beside its value', () => {
    expect(() => toItem({ ...written, state: { nested: true } })).toThrow();
    expect(toItem({ ...written, state: undefined })).toEqual(written);
  });

  test('of an earlier version has even a long value as JSON', () => {
    const value = { text: 'x'.repeat(5_000) };
    expect(toDocument({ ...written, value: JSON.stringify(value) })).toEqual({ ...written, value });
  });

  test.each([
    ['JSON that is cut off', { value: '{"a":' }],
    ['a binary attribute that is not deflated', { packed: Buffer.from('no').toString('base64') }],
    [
      'deflated data that is cut off',
      { packed: String(stored({ ...written, value: 'x'.repeat(900) })['packed']).slice(0, 8) },
    ],
  ])('with %s leads to a document without a value', (_, attributes) => {
    expect(toDocument({ ...written, ...attributes })).toEqual(written);
  });
});
