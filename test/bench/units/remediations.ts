import { meteredBench } from '#test/ledger/metered-bench';
import type { Meter } from '#test/ledger/metered-store';
import { firing, nodeName } from '#test/remediation/bench';

/** The costs of remediations in all, from their alerts to their healthy nodes. GETs and units are counted, not measured. */
export type Counted = {
  remediations: number;
  meter: Meter;
  /** GETs of ModelArts, by the list. */
  gets: { jobs: number; nodes: number; workloads: number; others: number };
  /** Messages that were sent to queues of functions. Each is also received once. */
  messages: number;
  /** Events that were handled by a function. */
  invocations: number;
  /** CPU milliseconds of all of that in this process. */
  cpuMs: number;
};

const MINUTE_MS = 60_000;
/** The most nodes in one page of the list. */
const NODES_OF_A_PAGE = 500;
const STEP_MS = 5_000;
/** How exactly a job ends. */
const SLICE_MS = 10_000;
const JOB_MS = 6 * MINUTE_MS;

/**
 * The remediation code in memory, with a pool of this many nodes, and everything that it asks counted.
 *
 * @param isInUse whether workloads of two kinds, in two states, run on the last nodes
 */
function countedBench(nodes: number, isInUse = false) {
  const { meter, ...bench } = meteredBench(nodes);
  const busy = [...bench.nodes.values()].slice(-2);
  for (const [index, { privateIp }] of (isInUse ? busy : []).entries())
    bench.workloads.push(
      index === 0
        ? { name: 'training', type: 'train', status: 'Running', hostIps: [privateIp] }
        : { name: 'service', type: 'infer', status: 'Creating', hostIps: [privateIp] },
    );
  const startedAt = process.cpuUsage();
  const pages = Math.ceil(nodes / NODES_OF_A_PAGE);
  let [messages, invocations] = [0, 0];
  for (const queue of [
    ...Object.values(bench.services.commands),
    bench.services.follow,
    bench.services.notices,
  ]) {
    const send = queue.send.bind(queue);
    queue.send = (sent) => {
      messages += sent.length;
      return send(sent);
    };
  }

  async function receive(...alerts: Parameters<typeof bench.receive>): Promise<void> {
    invocations += 1;
    await bench.receive(...alerts);
  }

  /** Moves the clock on in steps, and hands what is due to its functions. */
  async function advance(ms: number, step: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      bench.stand(step);
      for (const queue of ['commands', 'follow'] as const)
        if ((await bench.drain(queue)) > 0) invocations += 1;
    }
  }

  function counted(): Counted {
    const used = process.cpuUsage(startedAt);
    const done = bench.remediations().filter(({ state }) => state === 'succeeded').length;
    const list = (name: string): number => bench.requests.filter(({ endpoint }) => endpoint === name).length;
    const [jobs, nodeLists, workloads] = [
      list('listJobs') + list('showJob'),
      list('listPoolNodes'),
      list('listWorkloads') + list('showWorkloadStatistics'),
    ];
    const all = bench.requests.filter(({ endpoint }) => /^(list|show)/.test(endpoint)).length;
    return {
      remediations: done,
      meter,
      gets: { jobs, nodes: nodeLists * pages, workloads, others: all - jobs - nodeLists - workloads },
      messages,
      // A notice is an event of its own.
      invocations: invocations + bench.notices.length,
      cpuMs: (used.user + used.system) / 1000,
    };
  }

  return { bench, receive, advance, counted };
}

/** The table's charges for one accepted alert that leads to a command. */
export async function acceptAlert(): Promise<Meter> {
  const { receive, counted } = countedBench(8);
  await receive(firing(nodeName(1)));
  return counted().meter;
}

/** One remediation alone, in a pool of this many nodes. Its job takes six minutes. */
export async function remediateAlone(nodes = 8): Promise<Counted> {
  return remediateAtOnce(1, nodes);
}

/** As many remediations as this, of one post of alerts. */
export async function remediateAtOnce(count: number, nodes = count): Promise<Counted> {
  const { bench, receive, advance, counted } = countedBench(nodes);
  await receive(...Array.from({ length: count }, (_, index) => firing(nodeName(index + 1))));
  await advance(JOB_MS, STEP_MS);
  for (const { jobId } of bench.jobs) bench.endJob(jobId);
  await advance(2 * MINUTE_MS, STEP_MS);
  return counted();
}

/** Remediations one after another in a pool of `nodes` nodes, each `everyMs` later. `isInUse`: workloads run on other nodes. */
type Turn = { nodes: number; everyMs: number; isInUse?: boolean };

/** Remediations in turn. Their jobs take six minutes each. */
export async function remediateInTurn(count: number, turn: Turn): Promise<Counted> {
  const { counted } = await inTurn(count, turn);
  return counted();
}

/** The costs until so many alerts had been received. */
export type Sample = { received: number; writeUnits: number; readUnits: number; cpuMs: number };

/** The same, with a sample each time that `every` alerts have been received. */
export async function meteredTurn(
  count: number,
  { every, ...turn }: Turn & { every: number },
): Promise<Sample[]> {
  const { samples } = await inTurn(count, turn, every);
  return samples;
}

async function inTurn(count: number, { nodes, everyMs, isInUse }: Turn, every = count) {
  const { bench, receive, advance, counted } = countedBench(nodes, isInUse);
  const running: { jobId: string; endsAtMs: number }[] = [];
  const samples: Sample[] = [];
  const slice = Math.min(everyMs, SLICE_MS);
  let seen = 0;
  const last = count + Math.ceil((JOB_MS + 3 * MINUTE_MS) / everyMs);
  for (let index = 1; index <= last; index += 1) {
    const startsAt = new Date(bench.now() - 30_000).toISOString();
    if (index <= count) await receive(firing(nodeName(index), { startsAt }));
    for (let passed = 0; passed < everyMs; passed += slice) {
      await advance(slice, Math.min(slice / 2, STEP_MS));
      for (const { jobId } of bench.jobs.slice(seen)) running.push({ jobId, endsAtMs: bench.now() + JOB_MS });
      seen = bench.jobs.length;
      while (running[0] && running[0].endsAtMs <= bench.now()) bench.endJob(running.shift()?.jobId ?? '');
    }
    if (index <= count && index % every === 0) {
      const { meter, cpuMs } = counted();
      samples.push({ received: index, writeUnits: meter.writeUnits, readUnits: meter.readUnits, cpuMs });
    }
  }
  return { counted, samples };
}
