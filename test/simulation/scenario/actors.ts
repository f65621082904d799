import { AlertmanagerNotification } from '#events/alertmanager';
import { Command } from '#events/command';
import { acceptCommand } from '#lib/console/accept-command';
import { approve, reject } from '#lib/console/approval';
import { release } from '#lib/console/release';
import { alertmanagerAlerts } from '#lib/decision/alertmanager-alerts';
import { HttpProblem } from '#lib/handler/problem';
import { type Receipt, receive } from '#lib/remediation/receive';
import { parseRules } from '#lib/rules/parse';
import type { Deployment } from '../cloud/deployment.ts';
import type { Table } from '../cloud/table.ts';
import type { ProcessWorld } from '../engine/process.ts';
import type { NodePools } from '../world/node-pools.ts';
import { isWell } from '../world/pool.ts';
import type { World } from '../world/world.ts';
import { type ActionCorrespondence, createActionActors } from './action-actors.ts';
import { beginRecovery } from './recovery-inputs.ts';
import type {
  AlertEpisode,
  CommandInput,
  DecisionInput,
  Input,
  NodeInput,
  ReleaseInput,
} from './scenario.ts';

/** One delivery of one alert that was answered 202, or not. */
export type Delivered = {
  episode: AlertEpisode;
  status: 'firing' | 'resolved';
  sentAtMs: number;
  /** When the answer came; absent while none has. */
  answeredAtMs?: number;
  receipt?: Receipt;
};

/** One command that was accepted, or put on its queue. */
export type Commanded = { input: CommandInput; atMs: number; id: string };

/** A plan that a person decided on, and what the ledger showed them. */
export type Decided = {
  input: DecisionInput;
  atMs: number;
  remediation: string;
  hash: string;
  plan: any;
  accepted: boolean;
};

/** What was sent in, and how it was answered. */
export type Correspondence = {
  delivered: Delivered[];
  commanded: Commanded[];
  decided: Decided[];
  released: Released[];
};

/** What a person gave back, and when that was asked for and confirmed. */
export type Released = { remediation: string; atMs: number; confirmedAtMs?: number };

const HTTP_TIMEOUT_MS = 10_000;
/** An alert sender tries again when it is not told 2xx. */
const TRIES = 40;

/** Everybody outside: alert senders, people, and whatever else happens to nodes. */
export function createActors(
  context: ProcessWorld,
  {
    deployment,
    world,
    table,
    nodePools,
  }: { deployment: Deployment; world: World; table: Table; nodePools: NodePools },
): {
  begin(inputs: readonly Input[]): void;
  correspondence: Correspondence;
  others: ActionCorrespondence;
  isQuiet(): boolean;
} {
  const { scheduler, trace, chance } = context;
  const correspondence: Correspondence = { delivered: [], commanded: [], decided: [], released: [] };
  const others = createActionActors(context, { deployment, world, nodePools });
  let sending = 0;

  function begin(inputs: readonly Input[]): void {
    for (const input of inputs) {
      scheduler.at(input.atMs, () => {
        switch (input.kind) {
          case 'firing':
          case 'enforce':
          case 'node-pool':
            return others.begin(input);
          case 'others-job':
          case 'purge':
          case 'outage':
            return beginRecovery(input, context, { world, queues: deployment.queues });
          case 'alert':
            return tell(input, 1);
          case 'command':
            return void command(input);
          case 'poison':
            trace('somebody', `puts ${input.body} on the queue ${input.queue}`);
            return void deployment.queues.get(input.queue)!.put({ body: input.body }, input.id);
          case 'decision':
            return void decide(input, 1);
          case 'node':
            return happen(input);
          case 'rules':
            trace('somebody', 'deploys other rules');
            return deployment.deploy(parseRules(input.text, 'rules.yml'));
          case 'sweep':
            for (let index = 0; index < input.times; index += 1) void deployment.sweep();
            return;
          case 'release':
            return void giveBack(input, 1);
        }
      });
    }
  }

  function tell(episode: AlertEpisode, delivery: number): void {
    const resolvedNow = isResolved(episode);
    if (resolvedNow) {
      void deliver(episode, 'resolved');
      // Of two deliveries the one that was sent first may come last.
      if (chance.happens(0.15, `${episode.id}/stale`)) void deliver(episode, 'firing', episode.repeatMs);
      return;
    }
    void deliver(episode, 'firing');
    if (episode.twice) void deliver(episode, 'firing');
    const endsWithNode = episode.resolves !== 'never' && 'with' in episode.resolves;
    if (delivery >= episode.deliveries && !endsWithNode && typeof episode.resolves === 'string') return;
    if (delivery >= 40 || context.fate.isCalm()) return;
    const ownEndMs =
      typeof episode.resolves === 'object' && 'atMs' in episode.resolves
        ? episode.resolves.atMs
        : Number.POSITIVE_INFINITY;
    const nextMs = Math.min(scheduler.now() + episode.repeatMs, Math.max(ownEndMs, scheduler.now() + 1));
    scheduler.at(nextMs, () => tell(episode, delivery + 1));
  }

  function isResolved({ resolves, pool, node, atMs }: AlertEpisode): boolean {
    if (resolves === 'never') return false;
    if ('atMs' in resolves) return scheduler.now() >= resolves.atMs;
    const found = world.pools.get(pool)?.nodes.get(node);
    return scheduler.now() > atMs && found !== undefined && isWell(found);
  }

  async function deliver(episode: AlertEpisode, status: 'firing' | 'resolved', lateMs = 0): Promise<void> {
    const node = world.pools.get(episode.pool)?.nodes.get(episode.node);
    const instance = episode.byAddress && node ? `${node.ip}:9100` : episode.node;
    const notification = {
      version: '4',
      groupKey: '{}',
      status,
      receiver: 'poolkeeper',
      alerts: [
        {
          status,
          labels: { alertname: episode.alertname, instance, pool: 'train-a', severity: 'critical' },
          annotations: {},
          startsAt: new Date(episode.startsAtMs).toISOString(),
          endsAt: status === 'resolved' ? new Date(scheduler.now()).toISOString() : '0001-01-01T00:00:00Z',
          fingerprint: episode.fingerprint,
        },
      ],
    };
    if (lateMs > 0) await pause(lateMs);
    sending += 1;
    const entry: Delivered = { episode, status, sentAtMs: scheduler.now() };
    correspondence.delivered.push(entry);
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const ended = await deployment.invoke('receive-alert', HTTP_TIMEOUT_MS, (services, invocation) =>
        receive(alertmanagerAlerts(AlertmanagerNotification.parse(notification)), services, invocation),
      );
      if (ended.kind === 'returned') {
        entry.answeredAtMs = scheduler.now();
        entry.receipt = ended.value;
        const ids = ended.value.remediations.map(({ id, state }) => `${id.slice(0, 6)} ${state}`).join(', ');
        trace(
          'Alertmanager',
          `is told 202 for ${episode.id} (${episode.alertname} of ${instance}) ${status}: ${ids || ended.value.ignored.map(({ why }) => why).join('; ')}`,
        );
        break;
      }
      await pause(chance.between(2, 30, `${episode.id}/${status}/${attempt}`) * 1000);
    }
    sending -= 1;
  }

  async function command(input: CommandInput): Promise<void> {
    const text = JSON.stringify(input.body);
    trace('a person', `sends by ${input.via}: ${text}`);
    if (input.via === 'queue') {
      deployment.queues.get(input.action)!.put({ body: text }, input.id);
      correspondence.commanded.push({ input, atMs: scheduler.now(), id: String(input.body['id']) });
      return;
    }
    sending += 1;
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const ended = await deployment.invoke('console', HTTP_TIMEOUT_MS, (services) =>
        acceptCommand(Command.parse(JSON.parse(text)), services),
      );
      if (ended.kind === 'returned') {
        correspondence.commanded.push({ input, atMs: scheduler.now(), id: ended.value.id });
        break;
      }
      if (ended.error instanceof HttpProblem) {
        others.correspondence.refused.push({ input, atMs: scheduler.now(), status: ended.error.status });
        break;
      }
      await pause(chance.between(2, 30, `${input.id}/${attempt}`) * 1000);
    }
    sending -= 1;
  }

  async function decide(input: DecisionInput, attempt: number): Promise<void> {
    const waiting = table
      .documents()
      .filter(({ pk }) => pk.startsWith('remediation#'))
      .map(({ value }) => value as any)
      .filter(({ state }) => state === 'awaiting-approval');
    const chosen = waiting.length > 0 ? chance.pick(waiting, input.id) : undefined;
    if (!chosen) {
      // Whoever is on duty looks again until there is something to decide.
      if (attempt < 20 && !context.fate.isCalm())
        scheduler.at(scheduler.now() + 45_000, () => void decide(input, attempt + 1));
      return;
    }
    const hash = input.decision === 'approve-wrong-hash' ? 'f'.repeat(32) : chosen.plan.hash;
    const entry = {
      input,
      atMs: scheduler.now(),
      remediation: chosen.id,
      hash,
      plan: chosen.plan,
      accepted: false,
    };
    correspondence.decided.push(entry);
    sending += 1;
    for (let again = 1; again <= TRIES; again += 1) {
      const ended = await deployment.invoke<unknown>('console', HTTP_TIMEOUT_MS, (services) =>
        (input.decision === 'reject' ? reject : approve)(chosen.id, { hash, by: 'ops' }, services),
      );
      if (ended.kind === 'returned') {
        entry.accepted = true;
        trace('a person', `${input.decision}s ${chosen.id.slice(0, 6)}`);
        break;
      }
      if (ended.error instanceof HttpProblem) {
        trace('a person', `may not ${input.decision} ${chosen.id.slice(0, 6)}: ${ended.error.message}`);
        break;
      }
      await pause(5_000);
    }
    sending -= 1;
  }

  async function giveBack(input: ReleaseInput, attempt: number): Promise<void> {
    const left = table
      .documents()
      .filter(({ pk }) => pk.startsWith('remediation#'))
      .map(({ value }) => value as any)
      .filter(({ state }) => state === 'needs-human');
    if (left.length === 0) {
      if (attempt < 20 && !context.fate.isCalm())
        scheduler.at(scheduler.now() + 60_000, () => void giveBack(input, attempt + 1));
      return;
    }
    const chosen = chance.pick(left, input.id);
    const entry: Released = { remediation: chosen.id, atMs: scheduler.now() };
    correspondence.released.push(entry);
    trace('a person', `says that the nodes of ${chosen.id.slice(0, 6)} are free`);
    sending += 1;
    for (let again = 1; again <= TRIES; again += 1) {
      const ended = await deployment.invoke<unknown>('console', HTTP_TIMEOUT_MS, (services) =>
        release(chosen.id, { by: 'ops' }, services),
      );
      if (ended.kind === 'returned') {
        entry.confirmedAtMs = scheduler.now();
        break;
      }
      if (ended.error instanceof HttpProblem) break;
      await pause(5_000);
    }
    sending -= 1;
  }

  function happen({ pool, node: name, happens, id }: NodeInput): void {
    const found = world.pools.get(pool);
    const node = found?.nodes.get(name);
    // What a job has in work is left alone; the rest is the world's own business.
    if (!found || !node || node.job !== undefined) return;
    trace('ModelArts', `${name} ${happens}`);
    const broken = { phase: 'Abnormal', ...(node.driver && { driver: 'Abnormal' }) };
    const well = { phase: 'Available', ...(node.driver && { driver: 'Running' }) };
    switch (happens) {
      case 'breaks':
        return world.change(pool, name, broken);
      case 'recovers':
        return world.change(pool, name, well);
      case 'is-checked':
        world.change(pool, name, { phase: 'Checking' });
        scheduler.at(
          scheduler.now() + chance.between(20, 400, `${id}/checked`) * 1000,
          () => world.change(pool, name, well),
          false,
        );
        return;
      case 'is-removed':
        return world.remove(pool, name);
      case 'is-replaced':
        world.remove(pool, name);
        return world.add(pool, { ...node, ...well, name: `${name}r` });
      case 'gets-workload':
        return world.change(pool, name, { workload: `late-${id}` });
      case 'loses-workload': {
        delete node.workload;
        return world.change(pool, name, {});
      }
    }
  }

  function pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    scheduler.at(scheduler.now() + ms, resolve);
    return promise;
  }

  return {
    begin,
    correspondence,
    others: others.correspondence,
    isQuiet: () => sending === 0 && others.isQuiet(),
  };
}
