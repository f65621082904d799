import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '#lib/clock';
import { invokeFunction } from './invoke.ts';
import { issuedByTagPolicies } from './issued-by-tag-policies.ts';
import type { Ledger } from './ledger.ts';
import { checkBeforeSending, describeAlert, type Payload, PayloadError } from './payload.ts';
import type { Screen } from './screen.ts';
import { storyLead } from './story-lead.ts';
import type { RunningSystem } from './system-file.ts';

/** A way into the system: its routes, and its queues and functions where they are known. */
export type Entrance = {
  ledger: Ledger;
  sqs?: RunningSystem['sqs'] | undefined;
  lambda?: RunningSystem['lambda'] | undefined;
  clock: Clock;
  signal: AbortSignal;
};

const TAG_POLICIES = 'enforce-tag-policy';
const SCHEDULES = 'scale-node-pools';

/**
 * Sends a payload: alerts and commands to their routes, what goes over a queue onto it, and what a schedule sends to its
 * function. What is ignored is shown with its reason.
 *
 * @returns the ids of the remediations that it leads to.
 * @throws PayloadError, or a RequestError with the answer field by field.
 */
export async function sendPayload(payload: Payload, entrance: Entrance, screen: Screen): Promise<string[]> {
  const { ledger, signal } = entrance;
  switch (payload.kind) {
    case 'alertmanager': {
      const { remediations, ignored } = await ledger.postAlertmanager(payload.body);
      for (const { alert, why } of ignored) {
        const lead = storyLead(screen, undefined, 'ignored', 'notable');
        screen.columns(lead, `${describeAlert(payload, alert)}: ${why}`, 'notable');
      }
      return remediations.map(({ id }) => id);
    }
    case 'command':
      return [await ledger.postCommand(payload.body)];
    case 'queued-command': {
      checkBeforeSending(payload);
      const { action } = payload.body;
      const messageId = await withQueue(action, known(entrance.sqs), (client, url) =>
        put(client, url, payload.body),
      );
      const { id = `message-${messageId}` } = payload.body;
      return [id];
    }
    case 'tag-policy': {
      checkBeforeSending(payload);
      const queue = known(entrance.sqs);
      return withQueue(TAG_POLICIES, queue, (client, url) =>
        issuedByTagPolicies(
          async () => {
            await put(client, url, payload.body);
          },
          { ...entrance, isOver: () => isEmpty(client, url) },
        ),
      );
    }
    case 'scheduled-event': {
      checkBeforeSending(payload);
      const lambda = known(entrance.lambda);
      const invoke = () => invokeFunction(lambda, TAG_POLICIES, payload.body, signal);
      return issuedByTagPolicies(invoke, { ...entrance, isOver: () => Promise.resolve(true) });
    }
    case 'schedule-firing':
      checkBeforeSending(payload);
      return fireSchedule(payload.body, known(entrance.lambda), entrance);
  }
}

/** Fires a schedule. When its function has ended, the command is in the ledger, or the rules have no such schedule. */
async function fireSchedule(
  firing: { schedule: string; scheduledAt?: unknown },
  lambda: RunningSystem['lambda'],
  { ledger, signal }: Entrance,
): Promise<string[]> {
  await invokeFunction(lambda, SCHEDULES, firing, signal);
  const id = `schedule:${firing.schedule}:${new Date(String(firing.scheduledAt)).toISOString()}`;
  if (await ledger.show(id)) return [id];
  throw new PayloadError(
    `The rules file of the running system has no schedule ${JSON.stringify(firing.schedule)}: the firing is among the dead letters.`,
  );
}

/** Puts a message on a queue. @returns the message's id */
async function put(client: SQSClient, url: string | undefined, body: unknown): Promise<string> {
  const message = { QueueUrl: url, MessageBody: JSON.stringify(body) };
  const { MessageId = '' } = await client.send(new SendMessageCommand(message));
  return MessageId;
}

/** Lets something be done with the queue of a function. */
async function withQueue<Result>(
  functionName: string,
  { endpoint, region, credentials, queues }: RunningSystem['sqs'],
  use: (client: SQSClient, url: string | undefined) => Promise<Result>,
): Promise<Result> {
  const client = new SQSClient({ endpoint, region, credentials });
  try {
    return await use(client, queues[functionName]);
  } finally {
    client.destroy();
  }
}

/** Whether everything that was put on a queue has been dealt with. */
async function isEmpty(client: SQSClient, url: string | undefined): Promise<boolean> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const { Attributes = {} } = await client.send(asked);
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inWork } = Attributes;
  return Number(visible) + Number(inWork) === 0;
}

function known<Place>(place: Place | undefined): Place {
  if (place !== undefined) return place;
  throw new PayloadError(
    'Only `npm start` in this checkout tells where queues and functions are: what goes over a queue, and schedules, can be sent to no other system.',
  );
}
