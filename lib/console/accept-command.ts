import type { Command } from '#events/command';
import type { Action } from '#lib/actions/traits';
import type { Queue } from '#lib/aws/queue';
import { whyAhead } from '#lib/bounds';
import type { Clock } from '#lib/clock';
import { HttpProblem } from '#lib/handler/problem';
import { DocumentTooLargeError } from '#lib/ledger/limits';
import {
  commandOf,
  type IdentifiedCommand,
  isWaiting,
  openRemediation,
  subject,
} from '#lib/remediation/record/open';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import { whyNoDestination } from '#lib/rules/parse/destinations';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';

export type CommandServices = OutboxServices & {
  clock: Clock;
  /** The queue of each action that has a function. */
  commands: Partial<Record<Action, Queue>>;
  /** Makes the id of a command that has none. */
  newId: () => string;
};

/**
 * Puts a command into the ledger and on its queue. Both are done when this returns.
 *
 * @param by the name of the caller, for the ledger.
 * @throws HttpProblem 413 if the ledger has no room for it; 400 for evidence from the future, or for a pool that is not in the
 * rules file (as the destination of a migration, only if it cannot be an id); 409 if the id is another command's; 503 with the
 * id if it could not be stored or sent: the same with that id is the same command, and nothing is done twice for it.
 */
export async function acceptCommand(
  command: Command,
  services: CommandServices,
  by: string,
): Promise<{ id: string }> {
  const { rules, newId, clock } = services;
  const ahead = whyAhead(command.evidenceAt, clock.now());
  if (ahead !== undefined) throw badField('evidenceAt', ahead);
  const pool = poolOf(rules, command.pool);
  if (!pool) throw unknownPool('pool', command.pool, rules);
  const to = command.action === 'migrate-nodes' ? command.parameters.toPoolName : undefined;
  const nowhere = to === undefined ? undefined : whyNoDestination(to, rules.pools);
  if (nowhere !== undefined) throw badField('parameters.toPoolName', nowhere);
  const { id = newId() } = command;
  try {
    await storeAndSend({ ...command, id, pool: pool.id }, services, by);
  } catch (cause) {
    if (cause instanceof HttpProblem) throw cause;
    throw new HttpProblem(
      503,
      'Service Unavailable',
      `The command could not be stored and put on its queue. Send the same again with the id ${id}`,
      undefined,
      { members: { id }, cause },
    );
  }
  return { id };
}

async function storeAndSend(
  command: IdentifiedCommand,
  services: CommandServices,
  by: string,
): Promise<void> {
  const { id, reason } = command;
  const receipts = [{ step: 'event' as const, source: reason?.source ?? 'console', by }];
  const opening = { command, alerts: [], askedBy: by, receipts };
  const { remediation, same } = await openRemediation(services, opening, services.clock.now()).catch(
    tooLarge,
  );
  if (!same) {
    const { action, createdAt } = remediation;
    const other = `${action} of ${subject(remediation)} in pool ${remediation.pool}, accepted at ${createdAt}`;
    throw new HttpProblem(
      409,
      'Conflict',
      `The id ${id} belongs to another command: ${other}. Take a new one`,
    );
  }
  if (isWaiting(remediation)) {
    const queue = services.commands[command.action];
    if (!queue) throw new Error(`There is no queue of ${command.action}`);
    await queue.send([{ body: JSON.stringify(commandOf(remediation)) }]);
  }
}

function unknownPool(field: string, pool: string, { pools }: Rules): HttpProblem {
  const names = pools.map(({ name }) => name);
  const message = `the rules file has no pool with the name or id ${JSON.stringify(pool)}; it has ${names.join(', ')}`;
  return badField(field, message);
}

function badField(field: string, message: string): HttpProblem {
  return new HttpProblem(400, 'Bad Request', 'Some fields are wrong: errors lists them', [
    { field, message },
  ]);
}

function tooLarge(error: unknown): never {
  if (!(error instanceof DocumentTooLargeError)) throw error;
  throw new HttpProblem(
    413,
    'Content Too Large',
    `The command is larger than the ledger can keep: ${error.message}. Send several`,
  );
}
