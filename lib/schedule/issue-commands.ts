import type { Invocation } from '#lib/handler/invocation';
import { readDocument } from '#lib/ledger/change';
import type { NewReceipt } from '#lib/ledger/receipts/receipt';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { sendCommand } from '#lib/remediation/messages/send-command';
import { inCommands } from '#lib/remediation/record/command-size';
import { isWaiting, type Opening, openRemediation } from '#lib/remediation/record/open';
import type { PoolRules, Schedule } from '#lib/rules/rules';
import { scheduleCommand } from './command.ts';
import type { FiringDecision } from './decide.ts';
import type { FireServices } from './fire.ts';
import { namedNodes, type Selection, selectNodes } from './select.ts';

/** One firing of a schedule, and whether to carry it out. */
export type Firing = { schedule: Schedule; pool: PoolRules; scheduledAt: string; decision: FiringDecision };

/** A firing with too many nodes for one command becomes several commands, counted from 1. */
type Part = { part: number; parts: number };

/**
 * Puts the commands of a firing into the ledger and on their queue. Commands of an earlier delivery of the firing stay unchanged:
 * the first one has the number of commands, and each node is in only one of them.
 *
 * @returns the remediations in the ledger
 */
export async function issueCommands(
  firing: Firing,
  services: FireServices,
  invocation: Invocation,
): Promise<Remediation[]> {
  const { store, clock } = services;
  const issued: Remediation[] = [];
  let selection: Selection | undefined;
  for (let part = 1; part <= partsOf(issued[0]); part += 1) {
    let remediation = await readDocument(store, remediationKind, remediationKey(idOf(firing, part)));
    if (!remediation) {
      selection ??= await selectionOf(firing, services, invocation);
      const named = new Set(issued.flatMap(({ nodes = [] }) => nodes));
      const [nodes = [], ...others] = inCommands(selection.nodes.filter((node) => !named.has(node)));
      if (part > 1 && nodes.length === 0) break;
      const parts = issued[0] ? partsOf(issued[0]) : 1 + others.length;
      const opening = openingOf(firing, { ...selection, nodes }, { part, parts }, clock.now());
      ({ remediation } = await openRemediation(services, opening, clock.now()));
    }
    if (isWaiting(remediation)) await sendCommand(remediation, services);
    issued.push(remediation);
  }
  return issued;
}

function idOf({ schedule: { name }, scheduledAt }: Firing, part: number): string {
  return `schedule:${name}:${scheduledAt}${part === 1 ? '' : `:${part}`}`;
}

/** The number of commands in the firing, from the first of them. */
function partsOf(first: Remediation | undefined): number {
  const parts = first?.reason?.['parts'];
  return typeof parts === 'number' ? parts : 1;
}

/** A skipped firing needs no reading of the pool. */
async function selectionOf(
  { schedule, pool, decision: { allowed, why } }: Firing,
  services: FireServices,
  invocation: Invocation,
): Promise<Selection> {
  if (allowed) return selectNodes(schedule, pool, services, invocation);
  return { nodes: namedNodes(schedule), refusal: { why, forPerson: false } };
}

function openingOf(
  firing: Firing,
  { nodes, listed, unreadable, refusal }: Selection,
  { part, parts }: Part,
  now: number,
): Opening {
  const { schedule, pool, scheduledAt, decision } = firing;
  const { name, mode } = schedule;
  const options = optionsOf(schedule);
  const several = parts > 1 ? { part, parts } : {};
  const command = scheduleCommand(schedule, nodes, {
    id: idOf(firing, part),
    pool: pool.id,
    // Its evidence was confirmed now, even if the firing is late.
    evidenceAt: new Date(now).toISOString(),
    reason: { source: 'schedule', schedule: name, scheduledAt, ...several },
    ...(options && { options }),
    mode,
  });
  const receipts: NewReceipt[] = [
    { step: 'event', source: 'schedule', schedule: name, scheduledAt },
    { step: 'schedule', ...decision },
    ...(listed === undefined
      ? []
      : [
          {
            step: 'selection' as const,
            selected: nodes.length,
            listed,
            ...(unreadable && { unreadable }),
            ...several,
          },
        ]),
  ];
  const isForPerson = refusal?.forPerson === true && mode !== 'observe';
  return {
    command,
    alerts: [],
    scheduledBy: name,
    receipts,
    ...(refusal &&
      (isForPerson
        ? { begin: { phase: 'needs-human' as const, why: refusal.why } }
        : { skipped: refusal.why })),
  };
}

function optionsOf({
  interruptWorkloads,
  deadline,
}: Schedule): { interruptWorkloads?: true; deadline?: string } | undefined {
  if (!interruptWorkloads && deadline === undefined) return undefined;
  return {
    ...(interruptWorkloads && { interruptWorkloads: true as const }),
    ...(deadline !== undefined && { deadline }),
  };
}
