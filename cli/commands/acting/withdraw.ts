import { buildCommand, type Command } from '@stricli/core';
import { bodyOf, type DecisionFlags, decisionFlags, subjectOf, tellResult } from '../../acting/decide.ts';
import { idArgument } from '../../arguments.ts';
import { findRemediation } from '../../client/find-remediation.ts';
import { openRoutes } from '../../client/open.ts';
import { poolNames } from '../../client/pool-names.ts';
import type { Context } from '../../context.ts';

async function run(this: Context, { note, json, ...connection }: DecisionFlags, id: string): Promise<void> {
  const { routes } = await openRoutes(this, connection);
  const [remediation, pools] = await Promise.all([findRemediation(routes, id), routes.pools()]);
  const after = await routes.decide(remediation.id, 'withdraw', bodyOf(note));
  const subject = subjectOf(remediation, poolNames(pools).nameOf(remediation.pool));
  tellResult(this, `Taken back: ${subject}.`, after, json);
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Takes a waiting command back: no call is made for it, and nothing waits for it any more. While the
same alert fires, it does not come back. The system refuses it for a command with a call.`,
    },
    parameters: {
      flags: decisionFlags,
      positional: idArgument,
    },
    func: run,
  });
}
