import * as z from 'zod';
import { type Action, actions } from '#lib/actions/traits';
import { Duration } from '#lib/rules/file/duration';
import { suggestion } from '#lib/rules/file/wording';
import { spanText } from '#lib/sentences/time';
import { ReplayError } from './input/read-history.ts';

/** The course of one action: how long its job takes for a node, how often it repairs it, and how often the job itself fails. */
export type ActionAssumption = { takesMs: number; helps: number; fails: number };

/** Facts that no history has: what the API would have answered and shown. Shares are from 0 to 1. */
export type Assumptions = {
  actions: Readonly<Record<Action, ActionAssumption>>;
  /** The phase of a node while its alert fires. */
  phase: 'Available' | 'Abnormal';
  /** How often a node runs a workload when its alert begins, and for how long. */
  workloads: number;
  workloadLastsMs: number;
  /** After what time a person approves a waiting plan; absent: never. */
  approvesAfterMs?: number | undefined;
};

const MINUTE_MS = 60_000;
const job = (minutes: number): ActionAssumption => ({
  takesMs: minutes * MINUTE_MS,
  helps: 0.9,
  fails: 0.02,
});

export const DEFAULTS: Assumptions = {
  actions: {
    'reset-nodes': job(6),
    'update-nodes': { takesMs: 0, helps: 1, fails: 0 },
    'migrate-nodes': job(15),
    'update-node-pool': { takesMs: 10 * MINUTE_MS, helps: 1, fails: 0 },
    'delete-node-pool': { takesMs: 10 * MINUTE_MS, helps: 1, fails: 0 },
    'accept-event': { takesMs: 20 * MINUTE_MS, helps: 1, fails: 0 },
  },
  phase: 'Available',
  workloads: 0,
  workloadLastsMs: 120 * MINUTE_MS,
};

/** The same world with worse luck: everything takes twice as long, and helps half as often; nodes are broken, and busy. */
export function pessimistic(assumed: Assumptions): Assumptions {
  const worse = actions.map((action) => {
    const { takesMs, helps, fails } = assumed.actions[action];
    return [action, { takesMs: 2 * takesMs, helps: helps / 2, fails: Math.max(fails, 0.1) }] as const;
  });
  return {
    ...assumed,
    actions: { ...assumed.actions, ...Object.fromEntries(worse) },
    phase: 'Abnormal',
    workloads: Math.max(assumed.workloads, 0.3),
  };
}

const KEYS = ['takes', 'helps', 'fails'] as const;
const GENERAL = ['phase', 'workloads', 'workload-lasts', 'approve'];

/**
 * Reads assumptions such as `reset=6m,helps=90%` or `migrate-nodes.helps=50%,phase=Abnormal,approve=30m`. A key without an action is for
 * every action with a job; an action alone means the time of its job.
 *
 * @throws ReplayError
 */
export function readAssumptions(texts: readonly string[], base: Assumptions = DEFAULTS): Assumptions {
  let assumed = base;
  for (const text of texts.flatMap((one) => one.split(',')).filter((one) => one.trim() !== '')) {
    const [key = '', value] = text.split(/=(.*)/s).map((part) => part.trim());
    if (value === undefined)
      throw new ReplayError(`--assume ${text}: is not key=value, such as reset=6m or helps=90%`);
    assumed = withOne(assumed, key, value, text);
  }
  return assumed;
}

function withOne(assumed: Assumptions, key: string, value: string, text: string): Assumptions {
  if (key === 'phase') return { ...assumed, phase: phaseIn(value, text) };
  if (key === 'workloads') return { ...assumed, workloads: shareIn(value, text) };
  if (key === 'workload-lasts') return { ...assumed, workloadLastsMs: durationIn(value, text) };
  if (key === 'approve')
    return { ...assumed, approvesAfterMs: value === 'never' ? undefined : durationIn(value, text) };
  const [word = '', part = 'takes'] = key.split('.');
  const wanted = KEYS.find((one) => one === (isKey(word) ? word : part));
  const affected = isKey(word)
    ? WITH_JOBS
    : actions.filter((action) => action === word || action === `${word}-nodes`);
  if (wanted === undefined || affected.length === 0) {
    const known = [...KEYS, ...GENERAL, ...actions, ...actions.map((action) => `${action}.helps`)];
    throw new ReplayError(`--assume ${text}: there is no assumption ${key}${suggestion(key, known)}`);
  }
  const read = wanted === 'takes' ? { takesMs: durationIn(value, text) } : { [wanted]: shareIn(value, text) };
  const changed = affected.map((action) => [action, { ...assumed.actions[action], ...read }] as const);
  return { ...assumed, actions: { ...assumed.actions, ...Object.fromEntries(changed) } };
}

/** The actions on nodes that are followed as a job. */
const WITH_JOBS: readonly Action[] = ['reset-nodes', 'migrate-nodes'];

function isKey(word: string): boolean {
  return KEYS.some((key) => key === word);
}

function durationIn(value: string, text: string): number {
  const read = Duration.safeParse(value);
  if (read.success) return read.data;
  throw new ReplayError(`--assume ${text}: ${value} is not a duration such as 30s, 6m or 2h`);
}

function shareIn(value: string, text: string): number {
  const [, number] = /^(\d{1,3}(?:\.\d+)?)%$/.exec(value) ?? [];
  const share = Number(number) / 100;
  if (share <= 1) return share;
  throw new ReplayError(`--assume ${text}: ${value} is not a share such as 90%`);
}

function phaseIn(value: string, text: string): Assumptions['phase'] {
  const read = z.enum(['Available', 'Abnormal']).safeParse(value);
  if (read.success) return read.data;
  throw new ReplayError(`--assume ${text}: the phase is Available or Abnormal`);
}

/** The assumptions in a few lines, for people. */
export function assumptionLines({
  actions: all,
  phase,
  workloads,
  workloadLastsMs,
  approvesAfterMs,
}: Assumptions): string[] {
  return [
    ...WITH_JOBS.map((action) => {
      const { takesMs, helps, fails } = all[action];
      return `${action} takes ${spanText(takesMs)} and helps in ${percent(helps)} of cases; its job fails in ${percent(fails)}`;
    }),
    `a node with an alert is shown as ${phase}, and runs a workload in ${percent(workloads)} of cases${workloads > 0 ? ` for ${spanText(workloadLastsMs)}` : ''}`,
    approvesAfterMs === undefined
      ? 'no person approves a plan'
      : `a person approves each plan after ${spanText(approvesAfterMs)}`,
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
