import { expect, test } from 'vitest';
import { remediationKey } from '#lib/ledger/remediation';
import { STRANDED_MS } from '#lib/sweep/age';
import { firing } from '#test/remediation/bench';
import {
  AWAY,
  createLadder,
  type LadderBench,
  MINUTE,
  NODE,
  RESET,
  SECOND,
  TELL,
} from '../remediation/escalation/ladder-bench.ts';
import { runSweep } from './mortal.ts';

const HOUR = 60 * MINUTE;

/** A ladder whose reset did not help, and whose process died before it sent the notice of the rung after it. */
async function withUnsentNotice(rungs: readonly string[]): Promise<{ bench: LadderBench; id: string }> {
  const bench = createLadder(rungs);
  await bench.receive(firing(NODE));
  await bench.advance(5 * SECOND);
  bench.endJob('job-1', 'Failed', { [NODE]: 'Abnormal' });
  await bench.advance(2 * MINUTE);
  const [, notice] = bench.chain();
  const key = remediationKey(notice!.id);
  const document = await bench.store.get(key);
  const { noticeSentAt, ...value } = document!['value'] as any;
  expect(noticeSentAt).toBeDefined();
  await bench.store.put({ ...document!, version: document!.version + 1, value }, document!.version);
  bench.notices.length = 0;
  return { bench, id: notice!.id };
}

const rungNotices = ({ notices }: LadderBench) => notices.filter(({ kind }) => kind === 'rung');

test.each([
  ['between two actions', [RESET, TELL, AWAY]],
  ['at the end of its ladder', [RESET, TELL]],
])('the notice of a rung %s whose process died is sent by the sweep, once', async (_where, rungs) => {
  const { bench, id } = await withUnsentNotice(rungs);
  await runSweep(bench);
  expect(rungNotices(bench), 'it may still be under way').toEqual([]);
  bench.stand(STRANDED_MS);
  await runSweep(bench);
  expect(rungNotices(bench)).toEqual([{ kind: 'rung', id, severity: 'critical' }]);
  await runSweep(bench);
  expect(rungNotices(bench)).toHaveLength(1);
});

test.each([
  ['a day', 24 * HOUR, 1],
  ['longer', 24 * HOUR + MINUTE, 0],
])('the notice of a rung that is %s ago is sent so many times: %3$s', async (_, ms, times) => {
  const { bench, id } = await withUnsentNotice([RESET, TELL]);
  const { stateSince = '' } = bench.remediations().find((rung) => rung.id === id)!;
  bench.stand(Date.parse(stateSince) + ms - bench.now());
  await runSweep(bench);
  expect(rungNotices(bench)).toHaveLength(times);
});
