import { createLogger } from '#lib/log';
import { receive } from '#lib/receiving/receive';
import { sweepLedger } from '#lib/sweep/sweep';
import { openConsole } from '#test/console/console-door';
import { createFakeLetters } from '#test/dead-letters/fake-queue';
import { createNotifyBench } from '#test/notify/notify-bench';
import { CONFIRM_URL, createSmnDoor } from '#test/receiving/smn-bench';
import { apiError, createBench, firing, nodeName, POOL } from '#test/remediation/bench';

const MINUTE = 60_000;

export const SECRET = 'a-token-of-the-metrics-test-0123456789';
const WRONG = 'another-token-of-the-metrics-test-98765';

const RULES = `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 2 } }
rules:
  - name: card-lost
    when: { source: alertmanager, labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {} } ]
`;

/** A bench whose functions log and count, as deployed ones do. */
function countingBench(rules = RULES) {
  const bench = createBench(rules);
  const log = createLogger({ function: 'bench' }, { write: (line) => bench.logs.push(line), now: bench.now });
  Object.assign(bench.services, { log });
  return bench;
}

/** Alerts, resets, a lost answer and a sweep: a system at work, with all its log lines. */
async function work() {
  const bench = countingBench();
  const letters = createFakeLetters('poll-jobs', bench.now);
  letters.bury('{}');
  const take = async (index: number) => {
    const unreadable = [{ alert: 'odd', why: 'it cannot be read' }];
    const alerts = [firing(nodeName(index))];
    const delivery = { source: 'alertmanager', bytes: 0, truncated: 3, alerts, unreadable };
    await receive(delivery, bench.services, bench.invocation());
    await bench.advance(MINUTE);
  };
  await take(1);
  bench.endJob('job-1');
  await bench.advance(10 * MINUTE);
  bench.api.after = (endpoint) => {
    if (/reset/i.test(endpoint)) throw apiError(endpoint, { outcome: 'unknown', transient: true });
  };
  await take(2);
  await take(3);
  const services = { ...bench.services, countedLetters: [letters.queue] };
  const sweep = () =>
    sweepLedger({ time: new Date(bench.now()).toISOString() }, services, bench.invocation());
  await sweep();
  // Now it knows the pool.
  await sweep();
  const ask = openConsole(bench, [`ada:admin:${SECRET}`]);
  await ask('POST /commands', { body: { action: 'none' } });
  await ask('GET /pools', { token: WRONG });
  return { bench, ask };
}

/** Every log line of runs that write every metric, and the console of the first. */
export async function everyMetric() {
  const { bench, ask } = await work();
  const smn = createSmnDoor();
  await smn.deliver(smn.message({ type: 'UnsubscribeConfirmation', subscribe_url: CONFIRM_URL }));
  await smn.deliver({ ...smn.message(), signature: Buffer.alloc(256, 7).toString('base64') });
  const notify = createNotifyBench([{ url: 'https://chat.example.com/hook', when: ['failed'] }]);
  await notify.open();
  await notify.change({ state: 'failed' });
  await notify.deliver();
  return { lines: [...bench.logs, ...smn.bench.logs, ...notify.logs], bench, ask };
}
