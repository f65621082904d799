import { packNames, rowsIn } from '#lib/rules/pack/packs';
import { type FaultRow, ruleNameOf } from '#lib/rules/pack/row';

/** The node of a sample: one of the simulator's. */
export type SampleNode = { name: string; address: string; serverId: string };

const NODE: SampleNode = {
  name: 'os-node-created-n8j8w',
  address: '10.0.0.71',
  serverId: '0c832903-467a-d981-8930-331d39d3b36f',
};

const AT = '2026-11-20T10:00:00.000Z';
/** The topic in poolkeeper.yml. */
const TOPIC = 'urn:smn:cn-north-4:00000000000000000000000000000000:npu-alarms';

/** An alert of a row, in the form in which its sender delivers it, and the name of that form. */
export type PackSample = { form: string; payload: Record<string, unknown> };

/**
 * Sample alerts of a row: for an event of Cloud Eye its message in SMN, and for a NodeCondition or an isolation code an alert of
 * Alertmanager for each way to raise it. A row for several codes gets one of them.
 */
export function samplesOf(row: FaultRow, node = NODE): [PackSample, ...PackSample[]] {
  if (row.kind === 'cloud-eye-event') return [{ form: 'Cloud Eye event', payload: cloudEyeEvent(row, node) }];
  const id = row.id.replaceAll('*', 'GPU_SAMPLE').replace('A??????', 'A050999');
  const byName = alertOf('named', { alertname: id, instance: `${node.address}:9100` });
  if (row.kind === 'isolation-code') {
    const taint = { alertname: 'ModelArtsNodeIsolated', code: id, node: node.name };
    return [alertOf('taint in kube-state-metrics', taint), byName];
  }
  const condition = { alertname: 'ModelArtsNodeFault', condition: id, status: 'true', node: node.name };
  const problem = { alertname: 'NodeProblem', type: id, instance: `${node.address}:20257` };
  return [
    alertOf('condition in kube-state-metrics', condition),
    byName,
    alertOf('metric of node-problem-detector', problem),
  ];
}

/** The sample of the rule with this name, as a file in `events` would have it; undefined if no pack has the rule. */
export function packSample(rule: string): unknown {
  const row = rowsIn(packNames).find((one) => ruleNameOf(one) === rule);
  return row && samplesOf(row)[0].payload;
}

export function packSampleNames(): string[] {
  return rowsIn(packNames).map(ruleNameOf);
}

function alertOf(form: string, labels: Record<string, string>): PackSample {
  const alert = { status: 'firing', labels: { ...labels, severity: 'critical' }, startsAt: AT };
  return { form, payload: { version: '4', status: 'firing', alerts: [alert] } };
}

function cloudEyeEvent(row: FaultRow, node: SampleNode): Record<string, unknown> {
  const { id, namespaces: [namespace] = [], level = 'Major', detects } = row;
  const alarmId = 'al1732096800000npuevt';
  const message = {
    message_type: 'alarm',
    alarm_id: alarmId,
    alarm_name: 'npu-events',
    alarm_status: 'alarm',
    time: Date.parse(AT),
    namespace,
    metric_name: id,
    dimension: `instance_id:${node.serverId}`,
    alarmValue: [],
    default_content: detects,
    template_variable: {
      ResourceName: node.name,
      MetricName: id,
      IsAlarm: true,
      AlarmLevel: level,
      ResourceId: node.serverId,
      PrivateIp: node.address,
      AlarmRuleName: 'npu-events',
      AlarmId: alarmId,
      IsAgentEvent: true,
    },
  };
  return {
    type: 'Notification',
    subject: `[${level} Alarm]From Cloud Eye: ${id} of ${node.name} has triggered an alarm.`,
    topic_urn: TOPIC,
    message_id: 'd3df1fb0248f48b69fb9df4676177406',
    timestamp: AT,
    message,
  };
}
