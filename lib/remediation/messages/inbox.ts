import { Command } from '#events/command';
import { whyAhead } from '#lib/bounds';
import type { QueueRecord } from '#lib/handler/queue-record';
import { readMessage } from '#lib/handler/read-message';
import type { IdentifiedCommand } from '#lib/remediation/record/open';
import type { RemediationServices } from '#lib/remediation/record/services';
import { whyNoDestination } from '#lib/rules/parse/destinations';
import { poolOf } from '#lib/rules/pool';
import type { PoolRules, Rules } from '#lib/rules/rules';

/** A command with every message that brought it: a queue may deliver twice, and a sender may send twice. */
export type Delivered = {
  command: IdentifiedCommand;
  pool: PoolRules;
  records: QueueRecord[];
  /** Why it is no command unless the ledger has it: its evidence lies ahead, as after the clock was set back. */
  ahead?: string;
};

/** A message that no function can process, and why. */
export type UnreadableMessage = { record: QueueRecord; why: string };

/**
 * Reads the commands in a batch of messages. A command without an id gets one from the id of its message. A message is poison if it
 * is unreadable, is for another function, or names an unknown pool or an impossible destination. It stops no other message.
 */
export function readCommands(
  records: readonly QueueRecord[],
  action: string,
  rules: Rules,
  now: number,
): { delivered: Delivered[]; poison: UnreadableMessage[] } {
  const delivered = new Map<string, Delivered>();
  const poison: UnreadableMessage[] = [];
  for (const record of records) {
    const read = readCommand(record, action, rules, now);
    if (typeof read === 'string') {
      poison.push({ record, why: read });
      continue;
    }
    const key = JSON.stringify(read.command);
    const found = delivered.get(key);
    if (found) found.records.push(record);
    else delivered.set(key, { ...read, records: [record] });
  }
  return { delivered: [...delivered.values()], poison };
}

function readCommand(
  { body, messageId }: QueueRecord,
  action: string,
  rules: Rules,
  now: number,
): Omit<Delivered, 'records'> | string {
  const message = readMessage(body, Command, 'a command');
  if ('why' in message) return message.why;
  const command = message.value;
  if (command.action !== action)
    return `the command is for ${command.action}, and this is the queue of ${action}`;
  const pool = poolOf(rules, command.pool);
  if (!pool) return `pool: the rules file has no pool with the name or id ${JSON.stringify(command.pool)}`;
  const to = command.action === 'migrate-nodes' ? command.parameters.toPoolName : undefined;
  const nowhere = to === undefined ? undefined : whyNoDestination(to, rules.pools);
  if (nowhere !== undefined) return `the message is not a command: parameters.toPoolName: ${nowhere}`;
  const ahead = whyAhead(command.evidenceAt, now);
  return {
    command: { ...command, id: command.id ?? `message-${messageId}`, pool: pool.id },
    pool,
    ...(ahead !== undefined && { ahead: `the message is not a command: evidenceAt: ${ahead}` }),
  };
}

/** Puts a message among the dead letters, with the reason. After this returns, it may leave its own queue. */
export async function deadLetter(
  { deadLetters, clock }: Pick<RemediationServices, 'deadLetters' | 'clock'>,
  { body, messageId, sentAtMs }: Pick<QueueRecord, 'body' | 'messageId' | 'sentAtMs'>,
  why: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const attributes = {
    ...more,
    reason: why.slice(0, 1000),
    messageId,
    sentAt: new Date(sentAtMs).toISOString(),
    buriedAt: new Date(clock.now()).toISOString(),
  };
  await deadLetters.send([{ body, attributes }]);
}
