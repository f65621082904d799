import { expect, test } from 'vitest';
import { appended, joined } from '#console/src/state/joined';

const page = (ids: string, next?: string) =>
  ({ remediations: ids.split('').map((id) => ({ id })), ...(next !== undefined && { next }) }) as never;
const idsOf = ({ rows }: { rows: readonly { id: string }[] }) => rows.map(({ id }) => id).join('');

test('a first page is the list, until older pages are loaded', () => {
  const first = joined(undefined, page('dcb', '1'));
  expect([idsOf(first), first.next]).toEqual(['dcb', '1']);
  const fresh = joined(first, page('edc', '2'));
  expect([idsOf(fresh), fresh.next]).toEqual(['edc', '2']);
});

test('newer rows push others off the first page, and no row is lost or twice there', () => {
  const deep = appended(joined(undefined, page('dcb', '1')), page('baz', '9'));
  expect([idsOf(deep), deep.next]).toEqual(['dcbaz', '9']);
  const fresh = joined(deep, page('fed', '2'));
  expect([idsOf(fresh), fresh.next]).toEqual(['fedcbaz', '9']);
  expect(idsOf(joined(fresh, page('gfe', '3')))).toBe('gfedcbaz');
});

test('a row that left the first page for another reason does not match any more, and goes', () => {
  const deep = appended(joined(undefined, page('dcb', '1')), page('az', '9'));
  expect(idsOf(joined(deep, page('dba', '2')))).toBe('dbaz');
});

test('a first page without a next one is all there is', () => {
  const deep = appended(joined(undefined, page('dcb', '1')), page('az'));
  expect(deep.next).toBeUndefined();
  const fresh = joined(deep, page('d'));
  expect([idsOf(fresh), fresh.next]).toEqual(['d', undefined]);
});
