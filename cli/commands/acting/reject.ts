import { buildCommand, type Command } from '@stricli/core';
import { bodyOf, noteFlag, subjectOf, tellResult } from '../../acting/decide.ts';
import { waitingPlan } from '../../acting/waiting-plan.ts';
import { idArgument } from '../../arguments.ts';
import { findRemediation } from '../../client/find-remediation.ts';
import { openRoutes } from '../../client/open.ts';
import { poolNames } from '../../client/pool-names.ts';
import { type ConnectionFlags, connectionFlags } from '../../connection-flags.ts';
import type { Context } from '../../context.ts';
import { flag, option } from '../../flags.ts';

type Flags = ConnectionFlags & { hash?: string; note?: string; json: boolean };

async function run(this: Context, { hash, note, json, ...connection }: Flags, id: string): Promise<void> {
  const { routes } = await openRoutes(this, connection);
  const [remediation, pools] = await Promise.all([findRemediation(routes, id), routes.pools()]);
  const plan = waitingPlan(remediation, hash);
  const after = await routes.decide(remediation.id, 'reject', { hash: plan.hash, ...bodyOf(note) });
  const subject = subjectOf(remediation, poolNames(pools).nameOf(remediation.pool));
  tellResult(this, `Rejected: ${subject}.`, after, json);
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: 'Rejects the plan that waits. It ends as rejected, and nothing is called.',
    },
    parameters: {
      flags: {
        hash: option('hash', 'Rejects only the plan with this hash'),
        note: noteFlag,
        json: flag('Writes the remediation as JSON'),
        ...connectionFlags,
      },
      positional: idArgument,
    },
    func: run,
  });
}
