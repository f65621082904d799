import { expect, test } from 'vitest';
import { type Change, makeChanges } from './anchor.ts';

const FILES = {
  'lib/room/lease.ts': `
/** Takes a lease. */
export function take(taken: boolean, now: number, record?: Entry): Lease | undefined {
  // A comment.
  if (taken || /* and here */ !permits(record)) return undefined;
  const lease = { at: now, until: now + 60_000, by: 'me' };
  log.info('taken', lease, [first, second, third]);
  return lease;
}
`,
  'lib/other/lease.ts': 'export const LIMIT = 3;\n',
};
const DROPPED: Change = {
  inside: 'take',
  find: 'if ($TAKEN || !permits($RECORD)) return undefined;',
  replace: 'void $TAKEN;',
};

function changed(change: Change, files: Record<string, string> = FILES): string {
  const [first] = makeChanges([change], files);
  return (first?.text ?? '').replaceAll(/\s+/g, ' ');
}

function at(change: Omit<Change, 'inside'>): string {
  return changed({ inside: 'take', ...change });
}

test('a change is made where the code matches the pattern, even with a comment in it', () => {
  expect(changed(DROPPED)).toContain('{ void taken; const lease');
});

test('moving the file, renaming a local, and formatting it in another way do not touch a change', () => {
  const text = FILES['lib/room/lease.ts']
    .replaceAll('taken', 'isTaken')
    .replaceAll('record', 'entry')
    .replace('|| /*', '\n    || /*');
  expect(changed(DROPPED, { 'lib/room/inner/leases.ts': text })).toContain('{ void isTaken; const lease');
});

test('a property, an object, an element and what is given elsewhere can be changed', () => {
  expect(at({ find: 'until: $NOW + $MS', replace: 'until: $NOW' })).toContain('until: now,');
  expect(at({ find: "by: 'me'", replace: '' })).toContain('until: now + 60_000, }');
  expect(at({ find: 'second', replace: '' })).toContain('[first, third]');
  expect(at({ find: '[$$$BEFORE, third]', replace: '[$$$BEFORE]' })).toContain('[first, second]');
  expect(at({ find: 'log.info($$$SAID)', replace: 'log.info($NOW)', given: 'at: $NOW' })).toContain(
    'log.info(now);',
  );
  expect(at({ within: '{ at: $_, $$$REST }', find: "'me'", replace: "'you'" })).toContain("by: 'you'");
});

test('a change without a place, or with several, is refused', () => {
  expect(() => changed({ ...DROPPED, inside: 'leave' })).toThrow('no file declares leave');
  expect(() => changed({ ...DROPPED, find: 'permits($A, $B)' })).toThrow('has 0 places');
  expect(() => changed({ ...DROPPED, find: 'return $LEASE;' })).toThrow('has 2 places');
  expect(() => changed({ ...DROPPED, replace: 'void $OTHER;' })).toThrow('$OTHER is in "replace" alone');
  expect(() => changed({ ...DROPPED, given: '$TAKEN + 60_000' })).toThrow('$TAKEN is more than one thing');
});

test('a name that two files declare needs the end of its path', () => {
  const files = { ...FILES, 'lib/third/limits.ts': 'export const LIMIT = 3;\n' };
  const change = { inside: 'LIMIT', find: '3', replace: '4' };
  expect(() => changed(change, files)).toThrow('say which with "file"');
  expect(changed({ ...change, file: 'lease.ts' }, files)).toContain('LIMIT = 4');
});
