import type { Receipt } from '#lib/receiving/receive';
import { parseRules } from '#lib/rules/parse/parse';
import type { Deployment } from '#local/rehearsal/cloud/deployment';
import type { Table } from '#local/rehearsal/cloud/table';
import type { ProcessWorld } from '#local/rehearsal/engine/process';
import { isWell } from '#local/simulator/world/node-state';
import { knock } from '../../cloud/http.ts';
import type { Visit } from '../../cloud/smn.ts';
import type { NodePools } from '../../world/node-pools.ts';
import type { PlannedEvents } from '../../world/planned-events.ts';
import type { World } from '../../world/world.ts';
import { beginRecovery } from '../inputs/recovery-inputs.ts';
import type { AlertEpisode, CommandInput, Input, NodeInput, ReleaseInput } from '../scenario.ts';
import { type ActionCorrespondence, createActionActors } from './action-actors.ts';
import { createDeciders, type Decided, type Knocked } from './deciders.ts';
import type { DoneRun } from './invoke-until-done.ts';
import { createMaintenanceActors } from './maintenance-actors.ts';
import { createPause } from './pause.ts';
import { createReporters, type Guessed, type Reported } from './reporters.ts';
import { asSaid, changesFingerprint, companyOf, hasLapsed, reasonOf } from './sender-habits.ts';
import { createSubscribers, type Subscribed } from './subscribers.ts';
import { createWithdrawers, type Withdrawn } from './withdrawers.ts';

/** One delivery of one alert that was answered 202, or not. */
export type Delivered = {
  episode: AlertEpisode;
  status: 'firing' | 'resolved';
  /** Which end a resolution claims. */
  endsAtMs: number;
  sentAtMs: number;
  /** When the sender knew it to be so: it may be sent later. */
  knownAtMs: number;
  /** When the answer came; absent while none has. */
  answeredAtMs?: number;
  receipt?: Receipt;
  /** Which process answered. */
  by?: string;
};

/** One command that was accepted, or put on its queue. */
export type Commanded = { input: CommandInput; atMs: number; id: string };

/** Everything that was sent in, with the answers. */
export type Correspondence = {
  delivered: Delivered[];
  commanded: Commanded[];
  decided: Decided[];
  released: Released[];
  withdrawn: Withdrawn[];
  knocked: Knocked[];
  /** Readings of planned maintenance that have succeeded. */
  read: DoneRun[];
  /** The reports of other kinds of senders, and the guesses of strangers. */
  reported: Reported[];
  guessed: Guessed[];
  /** The messages about subscriptions, and the requests to the console of SMN. */
  subscribed: Subscribed[];
  visited: Visit[];
};

/** A release by a person, and when they asked for it and it was confirmed. */
export type Released = { remediation: string; atMs: number; confirmedAtMs?: number };

/** When nothing goes wrong any more, senders repeat a firing alert no more often than that. */
const CALM_REPEAT_MS = 5 * 60_000;
/** Alertmanager says that an alert is over that it has not heard of for so long. */
const FORGOTTEN_AFTER_MS = 5 * 60_000;
/** An alert sender tries again after any answer but 2xx. */
const TRIES = 40;

/** The other alerts of a notification, each as an episode of its own. */
function besides(episode: AlertEpisode): AlertEpisode[] {
  return (episode.besides ?? []).map(({ resolvesAtMs, ...own }, index) => ({
    ...episode,
    ...own,
    id: `${episode.id}/${index + 2}`,
    resolves: resolvesAtMs === undefined ? episode.resolves : { atMs: resolvesAtMs },
  }));
}

/** So late a firing still counts as one from before its resolution. */
const STALE_WITHIN_MS = 30_000;

/** Everybody outside: alert senders, people, and everything else that happens to nodes. */
export function createActors(
  context: ProcessWorld,
  {
    deployment,
    world,
    table,
    nodePools,
    planned,
    tellUntilMs,
    isPair = false,
  }: {
    deployment: Deployment;
    world: World;
    table: Table;
    nodePools: NodePools;
    planned: PlannedEvents;
    /** Until when senders repeat firing alerts; absent: until nothing goes wrong any more. */
    tellUntilMs?: number | undefined;
    /** Whether the calls of this world are compared with those of its tidy twin. */
    isPair?: boolean | undefined;
  },
): {
  begin(inputs: readonly Input[]): void;
  correspondence: Correspondence;
  others: ActionCorrespondence;
  isQuiet(): boolean;
} {
  const { scheduler, trace, chance } = context;
  const pause = createPause(context);
  const reporters = createReporters(context, { deployment });
  const subscribers = createSubscribers(context, { deployment });
  const maintenance = createMaintenanceActors(context, { deployment, planned });
  const correspondence: Correspondence = {
    read: maintenance.readings,
    reported: reporters.reported,
    guessed: reporters.guessed,
    subscribed: subscribers.subscribed,
    visited: subscribers.visited,
    delivered: [],
    commanded: [],
    decided: [],
    released: [],
    withdrawn: [],
    knocked: [],
  };
  const others = createActionActors(context, { deployment, world, nodePools });
  const deciders = createDeciders(context, { deployment, table }, correspondence);
  const withdrawers = createWithdrawers(context, { deployment, table }, correspondence);
  let sending = 0;
  /** Deliveries that are still to come, where senders go on after nothing goes wrong any more. */
  let coming = 0;
  /** The name that each alert gives its node: the same for as long as it fires. */
  const instances = new Map<string, string>();

  function begin(inputs: readonly Input[]): void {
    maintenance.expect(inputs.filter(({ kind }) => kind === 'read-planned').length);
    for (const input of inputs) {
      scheduler.at(input.atMs, () => {
        switch (input.kind) {
          case 'firing':
          case 'enforce':
          case 'node-pool':
            return others.begin(input);
          case 'report':
          case 'guess':
            return reporters.begin(input);
          case 'subscription':
            return subscribers.begin(input);
          case 'planned':
          case 'read-planned':
            return maintenance.begin(input);
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
          case 'policy':
            trace('the organization', `sends tag policy ${JSON.stringify(input.body)}`);
            return void deployment.queues
              .get('enforce-tag-policy')!
              .put({ body: JSON.stringify(input.body) }, input.id);
          case 'decision':
            return void deciders.decide(input, 1);
          case 'knock':
            return void deciders.knockAt(input);
          case 'node':
            return happen(input);
          case 'rules':
            trace('somebody', 'deploys other rules');
            return deployment.deploy(parseRules(input.text, 'rules.yml'));
          case 'spoil':
            if (table.spoil(input.prefix, input.id)) trace('somebody', `spoils a document ${input.prefix}…`);
            return;
          case 'sweep':
            for (let index = 0; index < input.times; index += 1) void deployment.sweep();
            return;
          case 'release':
            return void giveBack(input, 1);
          case 'withdrawal':
            return void withdrawers.takeBack(input, 1);
        }
      });
    }
  }

  function tell(episode: AlertEpisode, delivery: number): void {
    const { sender = {}, id } = episode;
    const isLapse = hasLapsed(sender, scheduler.now());
    const group = [episode, ...besides(episode)].map((one) => ({
      episode: asSaid(one, delivery),
      status: isLapse || isResolved(one) ? ('resolved' as const) : ('firing' as const),
    }));
    const second = () => {
      if (sender.secondLateMs === undefined) return;
      void deliver(group, chance.between(0, sender.secondLateMs, `${id}/second/${delivery}`));
    };
    if (changesFingerprint(episode, delivery))
      void deliver([{ episode: asSaid(episode, delivery - 1), status: 'resolved' }], FORGOTTEN_AFTER_MS);
    if (group.every(({ status }) => status === 'resolved')) {
      void deliver(group);
      second();
      if (isLapse && sender.lapses && !isResolved(episode)) {
        tellLater(sender.lapses.atMs + sender.lapses.forMs, episode, delivery + 1);
        return;
      }
      // The delivery that was sent first may come last.
      const stale = group.map((one) => ({ ...one, status: 'firing' as const }));
      // A copy that comes minutes later opens the alert anew, at another moment of each twin.
      const lateMs = isPair ? Math.min(episode.repeatMs, STALE_WITHIN_MS) : episode.repeatMs;
      if (chance.happens(0.15, `${episode.id}/stale`)) void deliver(stale, lateMs);
      return;
    }
    void deliver(group);
    second();
    if (episode.twice) void deliver(group);
    const endsWithNode = episode.resolves !== 'never' && 'with' in episode.resolves;
    const isToldOften = endsWithNode || typeof episode.resolves !== 'string' || tellUntilMs !== undefined;
    if (delivery >= episode.deliveries && !isToldOften) return;
    if (delivery >= 40 && tellUntilMs === undefined) return;
    if (tellUntilMs === undefined ? context.fate.isCalm() : scheduler.now() >= tellUntilMs) return;
    const endsMs = group
      .map(({ episode: { resolves } }) =>
        typeof resolves === 'object' && 'atMs' in resolves ? resolves.atMs : 0,
      )
      .concat(sender.lapses?.atMs ?? 0)
      .filter((atMs) => atMs > scheduler.now());
    const repeatMs = context.fate.isCalm() ? Math.max(episode.repeatMs, CALM_REPEAT_MS) : episode.repeatMs;
    tellLater(Math.min(scheduler.now() + repeatMs, ...endsMs), episode, delivery + 1);
  }

  function tellLater(atMs: number, episode: AlertEpisode, delivery: number): void {
    if (tellUntilMs !== undefined) coming += 1;
    scheduler.at(atMs, () => {
      if (tellUntilMs !== undefined) coming -= 1;
      tell(episode, delivery);
    });
  }

  function isResolved({ resolves, pool, node, atMs }: AlertEpisode): boolean {
    if (resolves === 'never') return false;
    if ('atMs' in resolves) return scheduler.now() >= resolves.atMs;
    const found = world.pools.get(pool)?.nodes.get(node);
    return scheduler.now() > atMs && found !== undefined && isWell(found.phase, found.driver);
  }

  async function deliver(
    group: readonly { episode: AlertEpisode; status: 'firing' | 'resolved' }[],
    lateMs = 0,
  ): Promise<void> {
    const [{ episode, status: first }] = group as [{ episode: AlertEpisode; status: 'firing' | 'resolved' }];
    const node = world.pools.get(episode.pool)?.nodes.get(episode.node);
    const instance =
      instances.get(episode.id) ?? (episode.byAddress && node ? `${node.ip}:9100` : episode.node);
    instances.set(episode.id, instance);
    const labels = { alertname: episode.alertname, instance, pool: 'train-a', severity: 'critical' };
    const isOver = group.every(({ status }) => status === 'resolved');
    const { sender = {} } = episode;
    const endsAtMs = scheduler.now() + (sender.clockMs ?? 0);
    const company = companyOf(sender, chance, `${episode.id}/company/${scheduler.now()}`);
    const notification = {
      version: '4',
      groupKey: '{}',
      status: isOver ? 'resolved' : 'firing',
      receiver: 'poolkeeper',
      ...company.envelope,
      alerts: group.map(({ episode: { fingerprint, startsAtMs, annotations = {} }, status }) => ({
        status,
        labels: { ...labels, ...episode.labels },
        annotations: { ...annotations, ...(status === 'resolved' && reasonOf(sender, scheduler.now())) },
        startsAt: new Date(
          sender.resolvesAsNow && status === 'resolved' ? endsAtMs : startsAtMs,
        ).toISOString(),
        endsAt: status === 'resolved' ? new Date(endsAtMs).toISOString() : '0001-01-01T00:00:00Z',
        fingerprint,
      })),
    };
    if (company.alerts.length > 0)
      notification.alerts = chance.shuffle(
        [...notification.alerts, ...(company.alerts as any[])],
        episode.id,
      );
    const knownAtMs = scheduler.now();
    if (lateMs > 0) await pause(lateMs);
    sending += 1;
    const entries = group.map(
      (one): Delivered => ({
        ...one,
        endsAtMs,
        knownAtMs,
        sentAtMs: scheduler.now(),
      }),
    );
    correspondence.delivered.push(...entries);
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const answer = await knock(deployment, 'receive-alert', {
        route: 'POST /alerts/{source}',
        path: { source: 'alertmanager' },
        body: notification,
      });
      if (answer?.status === 202) {
        const receipt: Receipt = answer.body;
        for (const entry of entries)
          Object.assign(entry, { answeredAtMs: scheduler.now(), receipt, by: answer.by });
        const ids = receipt.remediations.map(({ id, state }) => `${id.slice(0, 6)} ${state}`).join(', ');
        trace(
          'Alertmanager',
          `gets 202 for ${episode.id} (${episode.alertname} of ${instance}) ${first}: ${ids || receipt.ignored.map(({ why }) => why).join('; ')}`,
        );
        break;
      }
      await pause(chance.between(2, 30, `${episode.id}/${first}/${attempt}`) * 1000);
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
      const answer = await knock(deployment, 'console', { route: 'POST /commands', body: text });
      if (answer && answer.status < 300) {
        correspondence.commanded.push({ input, atMs: scheduler.now(), id: answer.body.id });
        break;
      }
      if (answer && answer.status < 500) {
        others.correspondence.refused.push({ input, atMs: scheduler.now(), status: answer.status });
        break;
      }
      await pause(chance.between(2, 30, `${input.id}/${attempt}`) * 1000);
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
      const answer = await knock(deployment, 'console', {
        route: 'POST /remediations/{id}/release',
        path: { id: chosen.id },
        body: { by: 'ops' },
      });
      if (answer?.status === 200) {
        entry.confirmedAtMs = scheduler.now();
        break;
      }
      if (answer && answer.status < 500) break;
      await pause(5_000);
    }
    sending -= 1;
  }

  function happen({ pool, node: name, happens, id }: NodeInput): void {
    const found = world.pools.get(pool);
    const node = found?.nodes.get(name);
    // A node that a job works on is left alone; the world changes all others itself.
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
        return world.add(pool, {
          ...node,
          ...well,
          name: `${name}r`,
          createdAtMs: scheduler.now(),
        });
      case 'gets-workload':
        return world.change(pool, name, { workload: `late-${id}` });
      case 'loses-workload': {
        delete node.workload;
        return world.change(pool, name, {});
      }
    }
  }

  return {
    begin,
    correspondence,
    others: others.correspondence,
    isQuiet: () =>
      sending === 0 &&
      coming === 0 &&
      others.isQuiet() &&
      maintenance.isQuiet() &&
      reporters.isQuiet() &&
      subscribers.isQuiet() &&
      deciders.isQuiet() &&
      withdrawers.isQuiet(),
  };
}
