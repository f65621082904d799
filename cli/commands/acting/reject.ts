import { buildCommand, type Command } from '@stricli/core';
import { bodyOf, type DecisionFlags, decisionFlags, subjectOf, tellResult } from '../../acting/decide.ts';
import { waitingPlan } from '../../acting/waiting-plan.ts';
import { idArgument } from '../../arguments.ts';
import { findRemediation } from '../../client/find-remediation.ts';
import { openRoutes } from '../../client/open.ts';
import { poolNames } from '../../client/pool-names.ts';
import type { Context } from '../../context.ts';
import { option } from '../../flags.ts';

type Flags = DecisionFlags & { hash?: string };

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
        ...decisionFlags,
      },
      positional: idArgument,
    },
    func: run,
  });
}
