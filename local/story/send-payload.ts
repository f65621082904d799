import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Ledger } from './ledger.ts';
import { describeAlert, identified, type Payload, PayloadError } from './payload.ts';
import type { Screen } from './screen.ts';
import { storyLead } from './story-lead.ts';
import type { RunningSystem } from './system-file.ts';

/** A way into the system: its routes, and its queues where they are known. */
export type Entrance = { ledger: Ledger; sqs?: RunningSystem['sqs'] | undefined };

/**
 * Sends a payload: alerts to their route, a command onto its queue. What is ignored is shown with its reason.
 *
 * @returns the ids of the remediations that it leads to.
 * @throws PayloadError, or a RequestError with the answer field by field.
 */
export async function sendPayload(payload: Payload, entrance: Entrance, screen: Screen): Promise<string[]> {
  if (payload.kind === 'command') return [await putOnQueue(payload.body, entrance)];
  const { remediations, ignored } = await entrance.ledger.postAlertmanager(payload.body);
  for (const { alert, why } of ignored) {
    screen.columns(
      storyLead(screen, undefined, 'ignored', 'notable'),
      `${describeAlert(payload, alert)}: ${why}`,
      'notable',
    );
  }
  return remediations.map(({ id }) => id);
}

async function putOnQueue(body: unknown, { sqs }: Entrance): Promise<string> {
  const command = identified(body);
  const queueUrl = sqs?.queues[command.action];
  if (!sqs)
    throw new PayloadError(
      'A command goes onto a queue, and only `npm start` in this checkout tells where those are.',
    );
  if (queueUrl === undefined) throw new PayloadError(`There is no function for ${command.action} yet.`);
  const client = new SQSClient({
    endpoint: sqs.endpoint,
    region: sqs.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(command) }));
  } finally {
    client.destroy();
  }
  return command.id;
}
