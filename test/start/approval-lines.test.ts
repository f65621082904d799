import { expect, it } from 'vitest';
import { approvalLines } from '#local/story/approval-lines';

const waiting = { id: 'schedule:night:2026', state: 'awaiting-approval', plan: { hash: 'h1' } } as const;
const url = 'http://127.0.0.1:3000';

it('are ready to be copied: the id, the hash and the token filled in', () => {
  const [approve, reject] = approvalLines(waiting, { url, consoleToken: { value: 'made-for-this-run' } });
  expect(approve?.lines).toEqual([
    "curl -H 'authorization: Bearer made-for-this-run' \\",
    `  -d '{"hash":"h1"}' \\`,
    '  http://127.0.0.1:3000/remediations/schedule%3Anight%3A2026/approve',
  ]);
  expect(reject?.lines.at(-1)).toMatch(/\/reject$/);
});

it('never hold a token that is the user’s own', () => {
  const consoleToken = { value: 'a-secret-token', variable: 'POOLKEEPER_CONSOLE_TOKEN' };
  const text = JSON.stringify(approvalLines(waiting, { url, consoleToken }));
  expect(text).not.toContain('a-secret-token');
  expect(text).toContain('${POOLKEEPER_CONSOLE_TOKEN%%,*}');
});

it('are there only while a plan waits', () => {
  const place = { url, consoleToken: { value: 'made-for-this-run' } };
  expect(approvalLines({ ...waiting, state: 'rejected' }, place)).toEqual([]);
  expect(approvalLines({ ...waiting, plan: undefined }, place)).toEqual([]);
});
