import { NODE } from './front-door.ts';

const AT = '2026-11-20T09:59:00Z';

/** As kubernetes-event-exporter sends the event that the Ascend device plugin makes. */
export function deviceFault(assertion: string, more: Record<string, unknown> = {}): Record<string, any> {
  return {
    metadata: {
      name: `ascend-device-plugin-daemonset-910-dlpmv.17324555${assertion}`,
      namespace: 'kube-system',
      uid: `7b0b4c11-${assertion}`,
      resourceVersion: '4711',
    },
    reason: assertion,
    message: `device fault, nodeName:${NODE}, assertion:${assertion}, cardID:2, deviceID:0, faultCodes:8C084E00, faultLevelName:RestartBusiness, alarmRaisedTime:2026-11-20 17:59:00`,
    source: { component: 'ascend-device-plugin', host: NODE },
    firstTimestamp: null,
    lastTimestamp: null,
    type: assertion === 'Occur' ? 'Warning' : 'Normal',
    eventTime: '2026-11-20T09:59:00.000000Z',
    action: 'RestartBusiness',
    reportingComponent: 'ascend-device-plugin',
    clusterName: 'train-a',
    involvedObject: {
      kind: 'Pod',
      namespace: 'kube-system',
      name: 'ascend-device-plugin-daemonset-910-dlpmv',
    },
    ...more,
  };
}

/** As node-problem-detector makes it for a change of a condition. */
export function conditionChange(status: string, more: Record<string, unknown> = {}): Record<string, any> {
  return {
    metadata: { name: `${NODE}.17a3`, namespace: 'default', uid: `c0ffee-${status}`, resourceVersion: '1' },
    reason: 'CardLose',
    message: `Node condition NT_NPU_CARD_LOSE is now: ${status}, reason: CardLose, message: "7 of 8 cards"`,
    source: { component: 'npu-monitor', host: NODE },
    firstTimestamp: '2026-11-20T09:00:00Z',
    lastTimestamp: AT,
    count: 2,
    type: status === 'True' ? 'Warning' : 'Normal',
    eventTime: null,
    involvedObject: { kind: 'Node', name: NODE, uid: NODE },
    ...more,
  };
}
