import { expect, test } from 'vitest';
import { readDocument } from '#lib/ledger/change';
import { createMemoryStore } from '#lib/ledger/memory-store';
import {
  noteEnforced,
  noteUntraced,
  poolTagPoliciesKey,
  poolTagPoliciesKind,
} from '#lib/ledger/pool-tag-policies';

const POOL = 'pool-1';
const T = Date.parse('2026-11-20T10:00:00Z');

test('only a run that has read the note of an earlier one ends the checks of a pool', async () => {
  const store = createMemoryStore();
  const read = () => readDocument(store, poolTagPoliciesKind, poolTagPoliciesKey(POOL));
  const note = async (seen: Awaited<ReturnType<typeof read>>, minutes: number) => {
    await noteUntraced(store, POOL, seen, T + minutes * 60_000);
    return read();
  };

  await noteEnforced(store, POOL);
  const before = await read();
  const first = await note(before, 1);
  expect(first).toMatchObject({ enforced: true, untracedAt: '2026-11-20T10:01:00.000Z' });
  // A run beside it that had read no note ends nothing.
  expect(await note(before, 2)).toEqual(first);

  // A tag was applied, and a run that had begun before writes a note of its own: the note that others have read is gone.
  await noteEnforced(store, POOL);
  expect(await read()).toEqual(before);
  const second = await note(before, 3);
  expect(await note(first, 4)).toEqual(second);

  expect(await note(second, 5)).toMatchObject({ enforced: false });
  expect(await note(await read(), 6)).toMatchObject({ enforced: false });
});
