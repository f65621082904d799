import { buildCommand, type Command } from '@stricli/core';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { sentence } from '#lib/sentences/english';
import { commandText, standingOf, targetsText } from '#lib/sentences/remediation';
import { clockIn } from '#lib/sentences/time';
import { RequestError } from '#local/client/http-json';
import { openRoutes } from '../../client/open.ts';
import { type PoolNames, poolNames } from '../../client/pool-names.ts';
import type { Routes } from '../../client/routes.ts';
import { type ConnectionFlags, connectionFlags } from '../../connection-flags.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../failure.ts';
import { flag, option } from '../../flags.ts';
import { readable, shortId, ZONE } from '../../screen/words.ts';

type Flags = ConnectionFlags & { pool?: string; node?: string; rule?: string; every?: string; json: boolean };

const USUAL_SECONDS = 2;

async function run(this: Context, { pool, node, rule, every, json, ...connection }: Flags): Promise<void> {
  const everyMs = secondsOf(every) * 1000;
  const signal = this.stopSignal();
  const { routes } = await openRoutes(this, connection, signal);
  try {
    const names = poolNames(await routes.pools());
    const query = { pool, node, rule, limit: 100, receipts: json ? 'all' : 'none' };
    if (!json) {
      this.screen.line(this.screen.paint('dim', `Every change of state at ${routes.url}; Ctrl-C ends it.`));
    }
    await follow(this, routes, { query, everyMs, signal, tell: (one) => tell(this, one, names, json) });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

type Following = {
  query: Readonly<Record<string, string | number | undefined>>;
  everyMs: number;
  signal: AbortSignal;
  tell: (remediation: ShownRemediation) => void;
};

/** Tells every change of state from now on. It ends only by the signal, or by an error that no waiting repairs. */
async function follow(
  context: Context,
  routes: Routes,
  { query, everyMs, signal, tell: told }: Following,
): Promise<never> {
  let tag: string | undefined;
  let known: ReadonlyMap<string, ShownRemediation> | undefined;
  let isSilent = false;
  for (;;) {
    try {
      const changed = await routes.remediationsIfChanged(query, tag);
      if (isSilent) context.complain('The system answers again.');
      isSilent = false;
      if (changed) {
        const current = new Map(changed.content.remediations.map((one) => [one.id, one]));
        for (const [id, one] of known ?? []) {
          // It has left the page. Its end must not stay untold.
          if (!current.has(id) && isOpen(one)) current.set(id, (await routes.remediation(id)) ?? one);
        }
        // The newest is first on the page, and the oldest change comes first.
        if (known)
          for (const one of [...current.values()].reverse()) if (hasMoved(one, known.get(one.id))) told(one);
        known = current;
        ({ tag } = changed);
      }
    } catch (error) {
      if (!(error instanceof RequestError) || isHopeless(error)) throw error;
      if (!isSilent) context.complain(`${error.message} It is asked again every ${everyMs / 1000} s.`);
      isSilent = true;
    }
    await context.clock.sleep(everyMs, signal);
  }
}

function isOpen({ state }: ShownRemediation): boolean {
  return ['submitting', 'deferred', 'awaiting-approval', 'running', 'verifying'].includes(state);
}

function hasMoved(one: ShownRemediation, before: ShownRemediation | undefined): boolean {
  return before?.state !== one.state || before.stateSince !== one.stateSince;
}

/** The token or the request is wrong: that stays so. */
function isHopeless({ status }: RequestError): boolean {
  return status !== undefined && status < 500 && status !== 429;
}

function tell({ screen }: Context, one: ShownRemediation, names: PoolNames, json: boolean): void {
  if (json) {
    screen.line(JSON.stringify(one));
    return;
  }
  const { id, state, stateSince, updatedAt, why, pool } = one;
  const { tone } = standingOf(state);
  const time = screen.paint('dim', clockIn(ZONE, stateSince ?? updatedAt));
  const lead = `${time}  ${shortId(id)}  ${screen.paint(tone, state.padEnd(17))}  `;
  const reason = why === undefined ? '' : `: ${readable(sentence(why))}`;
  screen.columns(lead, `${commandText(one)} ${targetsText(one)} in ${names.nameOf(pool)}${reason}`);
}

function secondsOf(text: string | undefined): number {
  const seconds = text === undefined ? USUAL_SECONDS : Number(text);
  if (seconds >= 1 && seconds <= 3600) return seconds;
  throw new CommandError(`--every ${text}: must be 1 to 3600 seconds.`, 'usage');
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Shows every change of state from now on, until Ctrl-C. While nothing changes, the system
answers without a body, so it costs little. A system that does not answer is asked again.`,
    },
    parameters: {
      flags: {
        pool: option('pool', 'Only this pool, by its name or id'),
        node: option('node', 'Only this node'),
        rule: option('rule', 'Only remediations of this rule'),
        every: option('seconds', `The pause between two requests, ${USUAL_SECONDS} by default`),
        json: flag('Writes each changed remediation as one line of JSON'),
        ...connectionFlags,
      },
    },
    func: run,
  });
}
