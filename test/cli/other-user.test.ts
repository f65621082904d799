import type * as files from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { exitCodes } from '#cli/exit-codes';
import { runCli } from './surroundings.ts';

// Root may read everything, so the refusal of the operating system is played.
vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof files>()),
  access: () => Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })),
}));

test('a folder that is closed to this user is not taken for one without a system', async () => {
  const { errors, code } = await runCli(['status'], { home: { data: '/var/lib/poolkeeper' } });
  expect(errors).toMatch(
    /^\/var\/lib\/poolkeeper\/\.poolkeeper is closed to your user: .* --url .* --token-file/,
  );
  expect(code).toBe(exitCodes.credential.code);
});
