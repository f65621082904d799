import { buildCommand, type Command } from '@stricli/core';
import { remediationActions } from '#lib/actions/traits';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { remediationStates } from '#lib/rules/state';
import { commandText, standingOf, targetsText } from '#lib/sentences/remediation';
import { openRoutes } from '../../client/open.ts';
import { type PoolNames, poolNames } from '../../client/pool-names.ts';
import type { RemediationsPage, Routes } from '../../client/routes.ts';
import { type ConnectionFlags, connectionFlags } from '../../connection-flags.ts';
import { type Context, writeJson } from '../../context.ts';
import { CommandError } from '../../failure.ts';
import { flag, option } from '../../flags.ts';
import { writeTable } from '../../screen/table.ts';
import { shortId, shortTime } from '../../screen/words.ts';
import { isoOf } from '../../times.ts';

type Flags = ConnectionFlags & {
  pool?: string;
  node?: string;
  state?: string;
  rule?: string;
  action?: string;
  since?: string;
  until?: string;
  limit?: string;
  json: boolean;
};

const USUAL = 20;

async function run(this: Context, flags: Flags): Promise<void> {
  const nowMs = this.clock.now();
  const wanted = countOf(flags.limit);
  const { routes } = await openRoutes(this, flags);
  const { pool, node, state, rule, action } = flags;
  const since = isoOf(flags.since, nowMs);
  const until = isoOf(flags.until, nowMs);
  const receipts = flags.json ? 'all' : 'none';
  const query = { pool, node, state, rule, action, since, until, limit: Math.min(wanted, 100), receipts };
  const [found, pools] = await Promise.all([newest(routes, query, wanted), routes.pools()]);
  if (flags.json) {
    writeJson(this, found);
    return;
  }
  const { screen } = this;
  if (found.remediations.length === 0) {
    screen.columns(
      '',
      'There is no such remediation. `poolkeeper why <node>` shows the received alerts, and why they had no effect.',
    );
  } else {
    const names = poolNames(pools);
    writeTable(
      screen,
      ['ID', 'ACCEPTED', 'STATE', 'COMMAND'],
      found.remediations.map((one) => rowOf(one, names, nowMs)),
    );
    if (found.more)
      screen.line(screen.paint('dim', 'There are more: see --limit, --since and the other filters.'));
  }
  for (const id of found.unreadable) {
    this.complain(`This version of the system cannot read ${id}: \`poolkeeper show ${id}\` says why.`);
  }
}

type Found = { remediations: ShownRemediation[]; more: boolean; unreadable: string[] };

async function newest(
  routes: Routes,
  query: Parameters<Routes['remediations']>[0],
  wanted: number,
): Promise<Found> {
  const found: Found = { remediations: [], more: false, unreadable: [] };
  for await (const page of routes.remediations(query)) {
    add(found, page, wanted);
    if (found.remediations.length >= wanted) break;
  }
  return found;
}

function add(found: Found, { remediations, unreadable = [], next }: RemediationsPage, wanted: number): void {
  const room = wanted - found.remediations.length;
  found.remediations.push(...remediations.slice(0, room));
  found.unreadable.push(...unreadable);
  found.more = remediations.length > room || next !== undefined;
}

function rowOf(one: ShownRemediation, names: PoolNames, nowMs: number) {
  const { id, createdAt, state, pool } = one;
  const { tone } = standingOf(state);
  return [
    shortId(id),
    { text: shortTime(createdAt, nowMs), tone: 'dim' as const },
    { text: state, tone },
    `${commandText(one)} ${targetsText(one)} in ${names.nameOf(pool)}`,
  ];
}

function countOf(text: string | undefined): number {
  const count = text === undefined ? USUAL : Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new CommandError(`--limit ${text}: must be a whole number above 0.`, 'usage');
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Lists remediations, the newest first. Other commands, such as
\`poolkeeper show\`, take the beginning of an id, too.

Times are 2026-11-20T03:00, 03:00, or 2h for two hours ago.

States: ${remediationStates.join(', ')}.`,
    },
    parameters: {
      flags: {
        pool: option('pool', 'Only this pool, by its name or id'),
        node: option('node', 'Only this node'),
        state: option('states', 'Only these states, with commas between', remediationStates),
        rule: option('rule', 'Only those of this rule'),
        action: option('action', `Only this action, such as ${remediationActions[0]}`, remediationActions),
        since: option('time', 'Accepted at this time or later'),
        until: option('time', 'Accepted before this time'),
        limit: option('count', `How many, ${USUAL} by default`),
        json: flag('Writes { remediations, more, unreadable } as JSON'),
        ...connectionFlags,
      },
    },
    func: run,
  });
}
