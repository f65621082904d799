import type { KubernetesEvent } from '#events/kubernetes-event';
import { fingerprintOf } from '../fingerprint.ts';
import { texts, UNKNOWN_START } from '../texts.ts';
import type { Report } from './gather.ts';

/** The first words of a fault event of the Ascend device plugin. */
export function isDeviceFault(message: string): boolean {
  return /^device fault\b/.test(message);
}

const ASSERTIONS = ['Occur', 'Recovery', 'Notice'];

/** A hexadecimal code, or several. */
const CODES = /^\[?[0-9A-F]{1,16}(?:[ ,]+[0-9A-F]{1,16})*\]?$/i;

/**
 * A fault of an NPU, as the Ascend device plugin reports it in an event of its own pod:
 * `device fault, nodeName:k8smaster, assertion:Occur, cardID:2, deviceID:0, faultCodes:8C084E00, faultLevelName:RestartBusiness,
 * alarmRaisedTime:2023-11-21 05:36:53`. The pod says nothing about the node, so the message alone names it. `alarmRaisedTime` has no
 * zone; the event's own time is the same moment.
 *
 * Occur fires and Recovery resolves. Notice is no alert: it reports a single moment, and never an end.
 *
 * @see https://gitee.com/ascend/mind-cluster `ascend-device-plugin/pkg/kubeclient`, and the page "Fault Event Information" of MindCluster
 */
export function readDeviceFault(event: KubernetesEvent): Report {
  const { message = '', reason, source, eventTime, lastTimestamp, firstTimestamp } = event;
  const fields = fieldsIn(message);
  const {
    nodeName: node,
    assertion,
    cardID: card,
    deviceID: device,
    faultCodes: code,
    faultLevelName: level,
  } = fields;
  const labels = texts({
    alertname: 'ascend-device-fault',
    node,
    assertion,
    card_id: card,
    device_id: device,
    fault_code: code,
    fault_level: level,
  });
  const wrong = problemOf(fields, reason, source.host);
  if (wrong !== undefined) return { kind: 'unreadable', why: `its message cannot be read: ${wrong}` };
  if (assertion === 'Notice')
    return {
      kind: 'other',
      why: 'a Notice reports something that happened once: it neither fires nor resolves',
      labels,
    };
  const time = eventTime ?? lastTimestamp ?? firstTimestamp;
  return {
    kind: 'alert',
    alert: {
      source: 'kubernetes',
      severity: level,
      event: code,
      labels,
      annotations: texts({ message, alarm_raised_time: fields['alarmRaisedTime'] }),
      fingerprint: fingerprintOf(texts({ service: 'ascend-device-plugin', node, card, device, code })),
      ...(assertion === 'Occur'
        ? { status: 'firing', startsAt: time ?? UNKNOWN_START, saidAt: time }
        : {
            status: 'resolved',
            startsAt: time ?? UNKNOWN_START,
            ...(time !== undefined && { endsAt: time }),
          }),
    },
  };
}

/** `name:value` between commas. A value may have commas of its own. A name that comes twice has no value. */
function fieldsIn(message: string): Record<string, string | undefined> {
  const fields: Record<string, string | undefined> = Object.create(null);
  for (const part of message.split(/,\s*(?=[A-Za-z]+:)/).slice(1)) {
    const [, name = '', value = ''] = /^([A-Za-z]+):(.*)$/s.exec(part) ?? [];
    fields[name] = name in fields || value.trim() === '' ? undefined : value.trim();
  }
  return fields;
}

/** The missing field, or the contradiction in the event. */
function problemOf(
  { nodeName, assertion, cardID, faultCodes, faultLevelName }: Record<string, string | undefined>,
  reason: string | undefined,
  host: string | undefined,
): string | undefined {
  if (nodeName === undefined) return 'it names no node (nodeName)';
  if (host !== undefined && host !== nodeName) return `nodeName is not ${host}, the host of the event`;
  if (assertion === undefined || !ASSERTIONS.includes(assertion))
    return `assertion must be one of ${ASSERTIONS.join(', ')}`;
  if (reason !== undefined && ASSERTIONS.includes(reason) && reason !== assertion)
    return `assertion is not ${reason}, the reason of the event`;
  if (faultCodes === undefined || !CODES.test(faultCodes)) return 'it has no fault code (faultCodes)';
  if (cardID === undefined || !/^-?\d+$/.test(cardID)) return 'it names no card (cardID)';
  return faultLevelName === undefined && assertion === 'Occur'
    ? 'it has no fault level (faultLevelName)'
    : undefined;
}
