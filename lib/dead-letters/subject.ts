import type * as z from 'zod';
import { Command } from '#events/command';
import { FollowMessage } from '#events/follow';
import { NotifyMessage } from '#events/notice';
import { ScheduleFiring } from '#events/schedule';
import { TagPolicyMessage } from '#events/tag-policy';
import { targetsText } from '#lib/sentences/remediation';

/** The readable content of a dead letter. */
export type DeadLetterSubject =
  /** `id` is the id of its remediation. */
  | { kind: 'command'; text: string; action: string; id: string }
  | { kind: 'follow' | 'tag-policy' | 'notice' | 'firing' | 'event' | 'unreadable'; text: string };

/** Reads the body of a message. @param messageId the id of the first message, which identifies a command without an id */
export function readSubject(body: string, messageId: string): DeadLetterSubject {
  const json = parseJson(body);
  const command = Command.safeParse(json);
  if (command.success) {
    const { action, pool, id = `message-${messageId}` } = command.data;
    const nodes = 'nodes' in command.data ? command.data.nodes : undefined;
    const { nodePool, node } = { nodePool: undefined, node: undefined, ...command.data };
    return {
      kind: 'command',
      action,
      id,
      text: `${action} of ${targetsText({ nodes, nodePool, node })} in ${pool}, command ${id}`,
    };
  }
  const follow = FollowMessage.safeParse(json);
  if (follow.success) {
    const { probe, callId, pool } = follow.data;
    const what =
      probe.kind === 'job' ? `job ${probe.jobId}` : probe.kind === 'state' ? 'its effect' : 'its lost job';
    return { kind: 'follow', text: `a poll of ${what}, call ${callId} in ${pool}` };
  }
  const policy = TagPolicyMessage.safeParse(json);
  if (policy.success)
    return { kind: 'tag-policy', text: `tag policy ${policy.data.name} for ${policy.data.scope.pool}` };
  const notice = NotifyMessage.safeParse(json);
  if (notice.success) return { kind: 'notice', text: noticeText(notice.data) };
  const firing = ScheduleFiring.safeParse(payloadOf(json));
  if (firing.success)
    return { kind: 'firing', text: `schedule ${firing.data.schedule}, due at ${firing.data.scheduledAt}` };
  if (isReport(json))
    return { kind: 'event', text: `an event for receive-alert: ${eventText(json.requestPayload)}` };
  return { kind: 'unreadable', text: `not readable by a function: ${body.slice(0, 120)}` };
}

/** The body to send back. A command gets its id, because it will come in another message. */
export function bodyToSend(body: string, subject: DeadLetterSubject): string {
  const json = parseJson(body);
  const lacksId = subject.kind === 'command' && typeof json === 'object' && json !== null && !('id' in json);
  return lacksId ? JSON.stringify({ ...json, id: subject.id }) : body;
}

/** A failed event of Lambda is inside a report on it. */
function payloadOf(json: unknown): unknown {
  return isReport(json) ? json.requestPayload : json;
}

function isReport(json: unknown): json is { requestPayload: unknown } {
  return typeof json === 'object' && json !== null && 'requestPayload' in json;
}

function noticeText(notice: z.output<typeof NotifyMessage>): string {
  switch (notice.kind) {
    case 'digest':
      return `a list of notices that was due at ${notice.dueAt}`;
    case 'remediation':
      return `a notice: remediation ${notice.id} is ${notice.state}`;
    case 'rung':
      return `a notice: the ladder of remediation ${notice.id} has reached a rung that notifies`;
    case 'incident':
      return `a notice: incident ${notice.incident}${notice.pool === undefined ? '' : ` of ${notice.pool}`}`;
  }
}

function eventText(event: unknown): string {
  return JSON.stringify(event).slice(0, 120);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
