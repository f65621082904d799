import { describe, expect, test } from 'vitest';
import { createLogger, hideFromLogs, type LogFields, redacted } from '#lib/log';

function recorder(secrets: string[] = []) {
  const lines: string[] = [];
  const log = createLogger(
    { function: 'test' },
    { write: (line) => lines.push(line), now: () => Date.parse('2026-11-20T10:00:00Z'), secrets },
  );
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, any> };
}

test('a line is one JSON object, with any text in it', () => {
  const { log, lines, last } = recorder();
  log.info('first\nsecond "quoted"', { node: 'ñ\u2028' });
  expect(lines[0]).not.toContain('\n');
  expect(last()).toEqual({
    time: '2026-11-20T10:00:00.000Z',
    level: 'info',
    message: 'first\nsecond "quoted"',
    function: 'test',
    node: 'ñ\u2028',
  });
  log.warn('w');
  log.error('e');
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(['info', 'warn', 'error']);
});

test("a child's lines carry its fields too, and its parent's do not", () => {
  const { log, last } = recorder();
  log.child({ requestId: 'r' }).child({ correlationId: 'c' }).info('here', { node: 'n' });
  expect(last()).toMatchObject({ function: 'test', requestId: 'r', correlationId: 'c', node: 'n' });
  log.info('there');
  expect(last()).not.toHaveProperty('requestId');
});

describe('an error', () => {
  test('is shown with its cause, and the cause of that', () => {
    const { log, last } = recorder();
    const root = Object.assign(new TypeError('no such host'), { code: 'ENOTFOUND' });
    const error = new Error('the API is away', { cause: new Error('connection failed', { cause: root }) });
    log.error('failed', { error });
    expect(last()['error']).toMatchObject({
      name: 'Error',
      message: 'the API is away',
      stack: expect.stringContaining('log.test.ts'),
      cause: { message: 'connection failed', cause: { name: 'TypeError', code: 'ENOTFOUND' } },
    });
  });

  test('of several is shown with all of them', () => {
    const { log, last } = recorder();
    log.error('failed', {
      error: new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]),
    });
    expect(last()['error'].errors).toMatchObject([
      { message: '::1 refused' },
      { message: '127.0.0.1 refused' },
    ]);
  });
});

describe('what is no JSON', () => {
  const error: Error & { self?: unknown } = new Error('the socket knows its error');
  error.self = error;
  const list: unknown[] = ['the list holds itself'];
  list.push(list);

  test.each<[string, LogFields]>([
    ['the socket knows its error', { error }],
    ['the list holds itself', { list }],
    ['12n', { bytes: 12n }],
  ])('is written as text: %s', (text, fields) => {
    const { log, last } = recorder();
    log.error('failed', fields);
    expect(last()).toMatchObject({
      level: 'error',
      message: 'failed',
      fields: expect.stringContaining(text),
    });
    expect(last()['fields']).toContain("function: 'test'");
  });
});

test('a secret is never seen: not in a message, a field, an error or its cause, nor where JSON spells it otherwise', () => {
  const secrets = ['s3cret-key', 'with "quotes" \\ and ñ', ''];
  const { log, lines } = recorder(secrets);
  for (const secret of secrets.slice(0, 2)) {
    log.info(`signed with ${secret}`, {
      url: `https://host/?key=${secret}&again=${secret}`,
      deep: { list: [secret], [secret]: true },
      error: new Error(`refused ${secret}`, { cause: new Error(secret) }),
    });
    log.child({ secret }).info('child');
  }
  for (const line of lines) {
    const text = JSON.stringify(JSON.parse(line), null, 1)
      .replaceAll(String.raw`\"`, '"')
      .replaceAll('\\\\', '\\');
    for (const secret of secrets.slice(0, 2)) expect(text).not.toContain(secret);
    expect(text).toContain('[redacted]');
  }
  log.info('nothing to hide');
  expect(lines.at(-1)).not.toContain('[redacted]');
});

test('what a terminal would obey is spelled out, and means the same to a reader of JSON', () => {
  const { log, lines, last } = recorder();
  const name = 'node\u001b[2J\u009b1m\u202e\u2028';
  log.info(name, { node: name });
  expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(last()).toMatchObject({ message: name, node: name });
});

describe('a secret of the process', () => {
  hideFromLogs(['a-token-of-this-process', 'short']);

  test('is hidden by every logger, also by one that was made before', () => {
    const { log, lines, last } = recorder();
    hideFromLogs(['a-token-that-came-later']);
    log.error('refused', { error: new Error('a-token-of-this-process, then a-token-that-came-later') });
    expect(lines[0]).not.toContain('a-token');
    log.info('a short word');
    expect(last()['message']).toBe('a short word');
  });

  test('is not in an error that other code prints', () => {
    const error = redacted(
      new TypeError('refused a-token-of-this-process', { cause: 'a-token-of-this-process' }),
    );
    expect(error).toMatchObject({ name: 'TypeError', message: 'refused [redacted]' });
    expect(error.stack).toContain('log.test.ts');
    expect(error.stack).not.toContain('a-token-of-this-process');
    expect(error.cause).toBeUndefined();
  });
});
