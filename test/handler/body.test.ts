import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { bodyAsJson } from '#lib/handler/body';
import { parseBody } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';

const read = (body: string | Buffer, headers: Record<string, string> = {}, limits?: { maxBytes: number }) => {
  try {
    return bodyAsJson({ body: Buffer.from(body), headers }, limits);
  } catch (error) {
    if (error instanceof HttpProblem) return { status: error.status, detail: error.message };
    throw error;
  }
};

describe('the type of a body', () => {
  test.each([
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
    'application/cloudevents+json',
    'text/plain; charset=utf-8',
    'text/plain',
    'application/x-www-form-urlencoded',
    '',
  ])('may be %j', (type) => {
    expect(read('{}', { 'content-type': type })).toEqual({});
  });

  test.each([
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/octet-stream',
    'text/html',
    'application/json, text/plain',
    'json',
    'application/json; charset=utf-16',
    'text/plain; charset=gb2312',
    'application/json\u0000',
  ])('must not be %j', (type) => {
    expect(read('{}', { 'content-type': type })).toMatchObject({ status: 415 });
  });
});

describe('a compressed body', () => {
  const bomb = Buffer.alloc(10_000_000, ' ');
  test.each([
    ['gzip', gzipSync(bomb)],
    ['deflate', deflateSync(bomb)],
    ['br', brotliCompressSync(bomb)],
    ['zstd', bomb],
    ['identity, gzip', gzipSync(bomb)],
  ])('is refused unread: %s', (encoding, body) => {
    expect(read(body, { 'content-encoding': encoding }, { maxBytes: 1 })).toEqual({
      status: 415,
      detail: `The body has the encoding "${encoding}": send it uncompressed`,
    });
  });

  test('that does not say so is no text', () => {
    expect(read(gzipSync('{}'))).toMatchObject({ status: 400, detail: 'The body is not UTF-8 text' });
    expect(read('{}', { 'content-encoding': 'Identity' })).toEqual({});
  });
});

test.each([
  ['UTF-16', Buffer.from('{}', 'utf16le')],
  ['Latin-1', Buffer.from('{"a":"ü"}', 'latin1')],
  ['half a character', Buffer.from('7b2261223a22e282227d', 'hex')],
  ['an overlong slash', Buffer.from('7b2261223a22c0af227d', 'hex')],
  ['a surrogate', Buffer.from('7b2261223a22eda080227d', 'hex')],
])('a body in another encoding is refused: %s', (_, body) => {
  expect(read(body)).toMatchObject({ status: 400 });
});

test('a byte order mark is no part of the text', () => {
  expect(read('\ufeff{"a":1}')).toEqual({ a: 1 });
});

test('names of every object are keys like others, and change no object', () => {
  const value: any = read('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}');
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
  expect(({} as any).isAdmin).toBeUndefined();
  expect(
    parseBody({ body: Buffer.from('{"a":{"__proto__":{"x":1}}}') }, z.object({ a: z.object({}) })),
  ).toEqual({
    a: {},
  });
});

test('a number that no double holds is no error of ours', () => {
  expect(read(`[1e999,-1e999,${'9'.repeat(5_000)},1e-999]`)).toEqual([Infinity, -Infinity, Infinity, 0]);
});
