import { buildCommand, type Command } from '@stricli/core';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { standingOf } from '#lib/sentences/remediation';
import { type Report, reportOf } from '#lib/sentences/report';
import { clockIn } from '#lib/sentences/time';
import { wordsOf } from '#local/story/receipt-lines';
import { idArgument } from '../../arguments.ts';
import { findRemediation } from '../../client/find-remediation.ts';
import { openRoutes } from '../../client/open.ts';
import { poolNames } from '../../client/pool-names.ts';
import { type ConnectionFlags, connectionFlags } from '../../connection-flags.ts';
import { type Context, writeJson } from '../../context.ts';
import { flag } from '../../flags.ts';
import { readable, ZONE } from '../../screen/words.ts';

type Flags = ConnectionFlags & { guards: boolean; json: boolean };

async function run(this: Context, { guards, json, ...connection }: Flags, id: string): Promise<void> {
  const { routes } = await openRoutes(this, connection);
  const [remediation, pools] = await Promise.all([findRemediation(routes, id), routes.pools()]);
  if (json) {
    writeJson(this, remediation);
    return;
  }
  const names = poolNames(pools);
  const zone = names.zoneOf(remediation.pool) ?? ZONE;
  const poolName = names.nameOf(remediation.pool);
  const report = reportOf(remediation, { poolName, zone, words: wordsOf(remediation.action) });
  writeReport(this, remediation, report, { zone, guards });
}

function writeReport(
  { screen }: Pick<Context, 'screen'>,
  { id, state, escalatedTo }: ShownRemediation,
  { title, outcome, facts, story }: Report,
  { zone, guards: all }: { zone: string; guards: boolean },
): void {
  screen.columns('', title, 'strong');
  screen.columns('', readable(outcome, zone), standingOf(state).tone);
  screen.line();
  const width = Math.max(...facts.map(({ name }) => name.length)) + 2;
  for (const { name, text } of facts) screen.columns(screen.paint('dim', name.padEnd(width)), text);
  screen.line();
  for (const { at, label, text, tone, guards = [] } of story) {
    const lead = `${screen.paint('dim', clockIn(zone, at))}  ${label.padEnd(17)}  `;
    screen.columns(lead, readable(text, zone), tone);
    const shown = all ? guards : guards.filter(({ allowed }) => !allowed);
    for (const { guard, allowed, text: why } of shown) {
      const mark = allowed ? '✓' : '✗';
      screen.columns(' '.repeat(29), `${mark} ${guard}: ${readable(why, zone)}`, allowed ? 'dim' : 'notable');
    }
  }
  const next = nextSteps(id, state, escalatedTo);
  if (next.length > 0) screen.line();
  for (const [what, line] of next) screen.line(`${screen.paint('dim', what.padEnd(width))}${line}`);
}

/** The commands that help from here. */
function nextSteps(
  id: string,
  state: ShownRemediation['state'],
  escalatedTo: string | undefined,
): (readonly [string, string])[] {
  if (escalatedTo !== undefined) return [['Next rung', `poolkeeper show ${escalatedTo}`]];
  switch (state) {
    case 'awaiting-approval':
      return [
        ['To approve', `poolkeeper approve ${id}`],
        ['To reject', `poolkeeper reject ${id}`],
      ];
    case 'deferred':
    case 'submitting':
      return [['To take back', `poolkeeper withdraw ${id}`]];
    case 'needs-human':
      return [['If no job runs', `poolkeeper release ${id}`]];
    case 'observed':
    case 'skipped':
    case 'running':
    case 'verifying':
    case 'succeeded':
    case 'failed':
    case 'escalated':
    case 'rejected':
      return [];
  }
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Shows the report of a remediation: its cause, every check with its numbers, the request,
and the outcome. Times are in the zone of the pool's windows, or else of this machine.`,
    },
    parameters: {
      flags: {
        guards: flag('Shows the guards that allowed it as well'),
        json: flag('Writes the remediation as GET /remediations/{id} has it'),
        ...connectionFlags,
      },
      positional: idArgument,
    },
    func: run,
  });
}
