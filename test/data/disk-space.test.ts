import { expect, it } from 'vitest';
import { assertRoom, watchRoom } from '#local/data/disk-space';

const MB = 1024 ** 2;

it('a start wants room, and says where and how much', async () => {
  await assertRoom('/data', () => Promise.resolve(128 * MB));
  await expect(assertRoom('/data', () => Promise.resolve(127 * MB))).rejects.toThrow(
    /^The disk with \/data has only 127 MB free, and a start needs 128 MB: free some space\./,
  );
});

it('a running system ends before the disk is full', async () => {
  const seen = [500, 200, 65, 63].map((megabytes) => megabytes * MB);
  const free = () => Promise.resolve(seen.shift() ?? 0);
  await expect(watchRoom('/data', new AbortController().signal, { free, everyMs: 1 })).rejects.toThrow(
    'The disk with /data has only 63 MB free. Poolkeeper has ended before a write was lost',
  );
  expect(seen).toEqual([]);
});

it('watches until it is ended', async () => {
  const ending = new AbortController();
  const watching = watchRoom('/data', ending.signal, { free: () => Promise.resolve(500 * MB), everyMs: 1 });
  ending.abort();
  await expect(watching).rejects.toThrow('aborted');
});
