import type { ActionDefinition } from '#lib/actions/action';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/queue-record';
import { createRedelivery } from '#lib/handler/redelivery';
import { readDocument } from '#lib/ledger/change';
import { type Remediation, remediationKey, remediationKind } from '#lib/ledger/remediation';
import { rememberingStore } from '#lib/ledger/store';
import { handOver, isHandedOver, takeUpAgain } from '#lib/remediation/lifecycle/hand-over';
import { recordRemediation } from '#lib/remediation/lifecycle/move';
import { type Delivered, deadLetter, readCommands } from '#lib/remediation/messages/inbox';
import { atLastDelivery } from '#lib/remediation/messages/last-delivery';
import { reportIfUnreadable } from '#lib/remediation/messages/report-unreadable';
import { contentHashOf, openRemediation, subject } from '#lib/remediation/record/open';
import type { OutboxServices } from '#lib/remediation/record/outbox';
import { isUndecided } from '#lib/remediation/record/outcome';
import type { RemediationServices } from '#lib/remediation/record/services';
import { actOnPool } from './act-on-pool.ts';
import { type Task, takeUp } from './take-up.ts';

/**
 * Carries out a batch of commands: opens their remediations, evaluates the guards on a fresh reading, joins the allowed commands,
 * and makes the calls. It acknowledges a message only after its outcome is stored. If one pool fails, its messages are delivered
 * again, and the other pools go on.
 *
 * @returns the function for `onQueue`.
 */
export function handleCommands<Body extends Record<string, unknown>>(action: ActionDefinition<Body>) {
  return async function handle(
    records: readonly QueueRecord[],
    given: RemediationServices,
    invocation: Invocation,
  ): Promise<string[]> {
    const services = { ...given, store: rememberingStore(given.store) };
    const { delivered, poison } = readCommands(records, action.action, services.rules, services.clock.now());
    const commands = new Map(
      delivered.flatMap(({ command, records: brought }) =>
        brought.map(({ messageId }) => [messageId, command] as const),
      ),
    );
    const onFailure = atLastDelivery(services, invocation, {
      // With its id: after a redrive it comes in another message, and is still the same command.
      bodyOf: ({ messageId, body }) => {
        const command = commands.get(messageId);
        return command ? JSON.stringify(command) : body;
      },
      async handOver({ messageId }, why) {
        const command = commands.get(messageId);
        if (!command) return;
        const asked = { id: command.id, contentHash: contentHashOf(command) };
        await handOverBuried(asked, why, services);
      },
    });
    const { orAgain, messageIds } = createRedelivery(invocation.log, onFailure);

    const tasks: Task[] = [];
    await Promise.all([
      ...poison.map(({ record: message, why }) =>
        orAgain([message], () => deadLetter(services, message, why)),
      ),
      ...delivered.map((delivery) =>
        orAgain(delivery.records, async () => {
          const remediation = await reporting(openDelivered(services, delivery), services, invocation);
          if (remediation) tasks.push({ ...delivery, remediation });
        }),
      ),
    ]);
    const pools = [...Map.groupBy(tasks, ({ pool }) => pool).entries()];
    await Promise.all(
      pools.map(async ([pool, poolTasks]) => {
        const open: Task[] = [];
        for (const task of poolTasks) {
          await orAgain(task.records, async () => {
            const takenUp = await reporting(takeUp(task, services, invocation), services, invocation);
            if (takenUp) open.push(takenUp);
          });
        }
        await orAgain(
          open.flatMap((task) => task.records),
          () => actOnPool(action, pool, open, services, invocation),
        );
      }),
    );
    return messageIds();
  };
}

/** Reports an unreadable document to people. The error goes on, so the message about the document fails. */
async function reporting<Value>(
  work: Promise<Value>,
  services: RemediationServices,
  { log }: Invocation,
): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    await reportIfUnreadable(error, services, log);
    throw error;
  }
}

/** Hands the remediation of a buried command to a person, if it is this command's and still undecided. */
export async function handOverBuried(
  { id, contentHash }: Pick<Remediation, 'id' | 'contentHash'>,
  why: string,
  services: Pick<RemediationServices, keyof OutboxServices | 'clock'>,
): Promise<void> {
  await recordRemediation(services, id, services.clock.now(), (current) =>
    isUndecided(current) && current.contentHash === contentHash
      ? handOver(current, `its message is among the dead letters: ${why}`)
      : undefined,
  );
}

/** The remediation of a delivered command. If it went to a person undecided, it is taken up again. */
async function resumed(
  remediation: Remediation,
  message: QueueRecord | undefined,
  services: RemediationServices,
): Promise<Remediation> {
  if (!isHandedOver(remediation)) return remediation;
  const now = services.clock.now();
  const { stored = remediation } = await recordRemediation(services, remediation.id, now, (current) =>
    isHandedOver(current) ? takeUpAgain(current, message, now) : undefined,
  );
  return stored;
}

/**
 * The remediation of a command. Undefined: another command has its id, or no one can have seen its evidence yet, and its message is now a
 * dead letter.
 */
async function openDelivered(
  services: RemediationServices,
  { command, records, ahead }: Delivered,
): Promise<Remediation | undefined> {
  const { clock, store } = services;
  if (ahead !== undefined && !(await readDocument(store, remediationKind, remediationKey(command.id)))) {
    for (const message of records) await deadLetter(services, message, ahead);
    return undefined;
  }
  const { source = 'queue' } = command.reason ?? {};
  const [first] = records;
  const { messageId, redrivenBy: by } = first ?? {};
  const receipts = [{ step: 'event' as const, source, messageId, ...(by !== undefined && { by }) }];
  const { remediation, same } = await openRemediation(
    services,
    { command, alerts: [], askedBy: by, receipts },
    clock.now(),
  );
  if (same) return resumed(remediation, first, services);
  const { id, action, pool, createdAt } = remediation;
  const why = `the id ${id} belongs to another command, accepted at ${createdAt}: ${action} of ${subject(remediation)} in pool ${pool}`;
  for (const message of records) await deadLetter(services, message, why);
  return undefined;
}
