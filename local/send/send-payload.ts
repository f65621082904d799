import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '#lib/clock';
import { invokeFunction } from '#local/client/invoke';
import type { Ledger } from '#local/client/ledger';
import type { RunningSystem } from '#local/client/system-file';
import type { Screen } from '#local/screen/screen';
import { signAs } from '#local/smn/sign-message';
import { storyLead } from '#local/story/story-lead';
import { issuedBy } from './issued-by.ts';
import { checkBeforeSending, describeAlert, type Payload, PayloadError } from './payload.ts';
import { asSent, describeAlarm } from './smn-sample.ts';

/** The doors of a system: its routes, and its queues and functions if they are known. */
export type Entrance = {
  ledger: Ledger;
  sqs?: RunningSystem['sqs'] | undefined;
  lambda?: RunningSystem['lambda'] | undefined;
  smn?: RunningSystem['smn'];
  clock: Clock;
  signal: AbortSignal;
};

const TAG_POLICIES = 'enforce-tag-policy';
const SCHEDULED_EVENTS = 'receive-scheduled-events';
const SCHEDULES = 'scale-node-pools';
const ALERTS = 'receive-alert';

/**
 * Sends a payload: alerts and commands to their routes, queue messages to their queue, and the events of a schedule and of AWS to
 * their function. It shows ignored alerts with their reasons.
 *
 * @returns the ids of the resulting remediations.
 * @throws PayloadError, or a RequestError with the answer field by field.
 */
export async function sendPayload(payload: Payload, entrance: Entrance, screen: Screen): Promise<string[]> {
  const { ledger, signal } = entrance;
  switch (payload.kind) {
    case 'alertmanager': {
      const { remediations, ignored } = await ledger.postAlertmanager(payload.body);
      for (const { alert, why } of ignored) showIgnored(screen, describeAlert(payload, alert), why);
      return remediations.map(({ id }) => id);
    }
    case 'smn': {
      const message = signAs(knownSigner(entrance.smn), asSent(payload.body));
      const { remediations, ignored, subscription } = await ledger.postSmn(message);
      for (const { why } of ignored) showIgnored(screen, describeAlarm(payload.body), why);
      if (subscription !== undefined) screen.columns('  ', `Poolkeeper says: ${subscription}.`);
      return remediations.map(({ id }) => id);
    }
    case 'cloudevents':
    case 'kubernetes': {
      const { remediations, ignored } = await ledger.postEvents(payload.kind, payload.body);
      for (const { alert, why } of ignored) showIgnored(screen, alert, why);
      return remediations.map(({ id }) => id);
    }
    case 'aws-event': {
      await invokeFunction(known(entrance.lambda), ALERTS, payload.body, signal);
      const alerts = await ledger.latestFrom('eventbridge');
      for (const { alert, ignored } of alerts) if (ignored !== undefined) showIgnored(screen, alert, ignored);
      return [...new Set(alerts.flatMap(({ remediation }) => remediation ?? []))];
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
        issuedBy(
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
      const isReading = JSON.stringify(payload.body['resources'] ?? '').includes(`rule/${SCHEDULED_EVENTS}`);
      const name = isReading ? SCHEDULED_EVENTS : TAG_POLICIES;
      const invoke = () => invokeFunction(lambda, name, payload.body, signal);
      const source = isReading ? 'scheduled-event' : 'tag-policy';
      return issuedBy(invoke, { ...entrance, source, isOver: () => Promise.resolve(true) });
    }
    case 'schedule-firing':
      checkBeforeSending(payload);
      return fireSchedule(payload.body, known(entrance.lambda), entrance);
  }
}

function showIgnored(screen: Screen, alert: string, why: string): void {
  screen.columns(storyLead(screen, undefined, 'ignored', 'notable'), `${alert}: ${why}`, 'notable');
}

function knownSigner(signer: RunningSystem['smn']): NonNullable<RunningSystem['smn']> {
  if (signer) return signer;
  throw new PayloadError(
    'Only `npm start` with the simulator has an SMN of its own, whose key signs this message: every other system refuses it.',
  );
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

/** Does work on the queue of a function. */
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

/** Whether all messages of a queue have been processed. */
async function isEmpty(client: SQSClient, url: string | undefined): Promise<boolean> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const { Attributes = {} } = await client.send(asked);
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inWork } = Attributes;
  return Number(visible) + Number(inWork) === 0;
}

function known<Door>(door: Door | undefined): Door {
  if (door !== undefined) return door;
  throw new PayloadError(
    'Only `npm start` in this checkout announces its queues and functions: this command sends queue messages and schedules to no other system.',
  );
}
