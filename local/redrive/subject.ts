import { Command } from '#events/command';
import { FollowMessage } from '#events/follow';
import { ScheduleFiring } from '#events/schedule';
import { TagPolicyMessage } from '#events/tag-policy';
import { subjectOf } from '#local/story/subject';

/** The order in a dead letter, as far as it is readable. */
export type Subject =
  /** `id`: its remediation's. */
  | { kind: 'command'; text: string; action: string; id: string }
  | { kind: 'follow' | 'tag-policy' | 'firing' | 'unreadable'; text: string };

/** Reads a message's body. `messageId`: of the first message; it identifies a command without an id. */
export function readSubject(body: string, messageId: string): Subject {
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
      text: `${action} of ${subjectOf({ nodes, nodePool, node })} in ${pool}, command ${id}`,
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
  const firing = ScheduleFiring.safeParse(payloadOf(json));
  if (firing.success)
    return { kind: 'firing', text: `schedule ${firing.data.schedule}, due at ${firing.data.scheduledAt}` };
  return { kind: 'unreadable', text: `not readable by a function: ${body.slice(0, 120)}` };
}

/** The body to send back: a command with its id, since it then comes in another message. */
export function bodyToSend(body: string, subject: Subject): string {
  const json = parseJson(body);
  const isNameless =
    subject.kind === 'command' && typeof json === 'object' && json !== null && !('id' in json);
  return isNameless ? JSON.stringify({ ...json, id: subject.id }) : body;
}

/** A failed event of Lambda is inside a report on it. */
function payloadOf(json: unknown): unknown {
  return typeof json === 'object' && json !== null && 'requestPayload' in json ? json.requestPayload : json;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
