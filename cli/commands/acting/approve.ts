import { buildCommand, type Command } from '@stricli/core';
import { confirm } from '../../acting/confirm.ts';
import { bodyOf, type DecisionFlags, decisionFlags, subjectOf, tellResult } from '../../acting/decide.ts';
import { wordFor, writePlan } from '../../acting/plan-screen.ts';
import { waitingPlan } from '../../acting/waiting-plan.ts';
import { idArgument } from '../../arguments.ts';
import { findRemediation } from '../../client/find-remediation.ts';
import { openRoutes } from '../../client/open.ts';
import { poolNames } from '../../client/pool-names.ts';
import type { Context } from '../../context.ts';
import { flag, option } from '../../flags.ts';

type Flags = DecisionFlags & { hash?: string; yes: boolean };

async function run(
  this: Context,
  { hash, note, yes, json, ...connection }: Flags,
  id: string,
): Promise<void> {
  const { routes } = await openRoutes(this, connection);
  const [remediation, pools, { system }] = await Promise.all([
    findRemediation(routes, id),
    routes.pools(),
    routes.me(),
  ]);
  const plan = waitingPlan(remediation, hash);
  const subject = subjectOf(remediation, poolNames(pools).nameOf(remediation.pool));
  if (!json) {
    this.screen.columns('', subject, 'strong');
    writePlan(this.screen, remediation);
  }
  if (!system.simulated) {
    await confirm(this, { what: `This approves ${subject}, for real.`, word: wordFor(remediation), yes });
  }
  const after = await routes.decide(remediation.id, 'approve', { hash: plan.hash, ...bodyOf(note) });
  tellResult(this, 'Approved.', after, json);
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Shows the plan that waits, and approves exactly that. If its basis has changed meanwhile,
the approval is void, and the new plan waits. Against the real API it asks first: to delete a node pool,
you type its name. Without a terminal it needs --yes; add --hash, so that it approves only the plan
that you have read.`,
    },
    parameters: {
      flags: {
        hash: option('hash', 'Approves only the plan with this hash'),
        yes: flag('Does not ask'),
        ...decisionFlags,
      },
      positional: idArgument,
    },
    func: run,
  });
}
