import { buildCommand, type Command } from '@stricli/core';
import { targetsText } from '#lib/sentences/remediation';
import { confirm } from '../../acting/confirm.ts';
import { bodyOf, type DecisionFlags, decisionFlags, subjectOf, tellResult } from '../../acting/decide.ts';
import { idArgument } from '../../arguments.ts';
import { findRemediation } from '../../client/find-remediation.ts';
import { openRoutes } from '../../client/open.ts';
import { poolNames } from '../../client/pool-names.ts';
import type { Context } from '../../context.ts';
import { flag } from '../../flags.ts';

type Flags = DecisionFlags & { yes: boolean };

async function run(this: Context, { note, yes, json, ...connection }: Flags, id: string): Promise<void> {
  const { routes } = await openRoutes(this, connection);
  const [remediation, pools, { system }] = await Promise.all([
    findRemediation(routes, id),
    routes.pools(),
    routes.me(),
  ]);
  const { jobId, state } = remediation;
  const subject = subjectOf(remediation, poolNames(pools).nameOf(remediation.pool));
  if (!system.simulated && state === 'needs-human') {
    const job = jobId === undefined ? 'no job' : `neither job ${jobId} nor any other`;
    const what = `With this you vouch that ${job} runs on ${targetsText(remediation)} any more: ${subject}.`;
    await confirm(this, { what, yes });
  }
  const after = await routes.decide(remediation.id, 'release', bodyOf(note));
  tellResult(this, `Released: ${subject}.`, after, json);
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `States that nothing works on the nodes of a remediation any more that needs a person. Until
then they stay held, because its job may still run: for a day after its deadline at
most. Against the real API it asks first; without a terminal it needs --yes.`,
    },
    parameters: {
      flags: {
        yes: flag('Does not ask'),
        ...decisionFlags,
      },
      positional: idArgument,
    },
    func: run,
  });
}
