import type { KubernetesEvent } from '#events/kubernetes-event';
import { fingerprintOf } from '../fingerprint.ts';
import { texts, UNKNOWN_START } from '../texts.ts';
import type { Report } from './gather.ts';

const CHANGE =
  /^Node condition (\S{1,200}) is now: (\w+)(?:, reason: ([^,]*))?(?:, (?:message|msg): (.*))?$/s;

/** Whether node-problem-detector words a change of a node's condition so. */
export function isConditionChange(message: string): boolean {
  return message.startsWith('Node condition ');
}

/**
 * A changed condition of a node, as node-problem-detector reports it in an event of the node:
 * `Node condition NT_NPU_CARD_LOSE is now: True, reason: CardLose, message: "…"`. Its conditions name problems, so True fires and
 * False resolves. Unknown is no alert. Ready is none either: its True is health.
 *
 * @see https://github.com/kubernetes/node-problem-detector `pkg/util/helpers.go`, GenerateConditionChangeEvent
 */
export function readConditionChange(event: KubernetesEvent): Report {
  const { message = '', involvedObject, type, lastTimestamp, eventTime, firstTimestamp } = event;
  const [, condition, status, reason, text] = CHANGE.exec(message) ?? [];
  const { kind, name: node } = involvedObject;
  if (condition === undefined || status === undefined)
    return {
      kind: 'unreadable',
      why: 'its message cannot be read: it must say "Node condition … is now: …", and may go on with a reason and a message',
    };
  if (kind !== 'Node' || node === undefined)
    return {
      kind: 'unreadable',
      why: 'it is about a condition of a node, but involvedObject is no node with a name',
    };
  const labels = texts({ alertname: condition, node, condition, status, reason: reason?.trim(), type });
  if (condition === 'Ready')
    return {
      kind: 'other',
      why: 'the condition Ready names no problem: it is True while all is well',
      labels,
    };
  if (status !== 'True' && status !== 'False')
    return {
      kind: 'other',
      why: `the condition is ${status}, which says neither that the problem is there nor that it is over`,
      labels,
    };
  // The same words again raise the count of the first event: its last time is that of the change.
  const time = lastTimestamp ?? eventTime ?? firstTimestamp;
  return {
    kind: 'alert',
    alert: {
      source: 'kubernetes',
      severity: type,
      event: condition,
      labels,
      annotations: texts({ message, description: text }),
      fingerprint: fingerprintOf({ service: 'node-condition', node, condition }),
      ...(status === 'True'
        ? { status: 'firing', startsAt: time ?? UNKNOWN_START, saidAt: time }
        : {
            status: 'resolved',
            startsAt: time ?? UNKNOWN_START,
            ...(time !== undefined && { endsAt: time }),
          }),
    },
  };
}
