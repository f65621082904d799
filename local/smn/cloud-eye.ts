import type { NodeState, SimulatorState } from '#local/simulator/control/state';
import { serverIdOf } from '#local/simulator/world/server-id';
import type { UnsignedMessage } from './sign-message.ts';

/** Cloud Eye on this machine. */
export type CloudEye = {
  /** Looks at every node once, and publishes what has changed. A message that is not taken is published again next time. */
  look(): Promise<void>;
};

type CloudEyeOptions = {
  state: () => Pick<SimulatorState, 'settings' | 'pools'>;
  /** The topic that it publishes to now. */
  topic: () => string;
  /** @returns whether the message was taken. */
  publish: (message: UnsignedMessage) => Promise<boolean>;
  now: () => number;
  newId: () => string;
};

/**
 * Watches the nodes of the simulator while its setting `raisesAlarms` is on: a node that is `Abnormal` raises an alarm, and one
 * that is `Available` again ends it.
 */
export function createCloudEye({ state, topic, publish, now, newId }: CloudEyeOptions): CloudEye {
  const raised = new Map<string, number>();

  return {
    async look() {
      const { settings, pools } = state();
      if (!settings.raisesAlarms) return raised.clear();
      for (const node of pools.flatMap(({ nodes }) => nodes)) {
        const begun = raised.get(node.name);
        if (node.phase === 'Abnormal' && begun === undefined) {
          const time = now();
          if (await publish(messageOf(node, 'alarm', time))) raised.set(node.name, time);
        } else if (node.phase === 'Available' && begun !== undefined) {
          if (await publish(messageOf(node, 'ok', now()))) raised.delete(node.name);
        }
      }
    },
  };

  function messageOf(node: NodeState, status: 'alarm' | 'ok', time: number): UnsignedMessage {
    const isAlarm = status === 'alarm';
    return {
      type: 'Notification',
      subject: `[Major ${isAlarm ? 'Alarm' : 'Ok'}]From Cloud Eye: NPUSMICardNotFound of ${node.name}`,
      topic_urn: topic(),
      message_id: newId(),
      timestamp: new Date(time).toISOString(),
      message: JSON.stringify(alarmOf(node, status, time)),
    };
  }
}

/** The event of a lost NPU, in the shape of Cloud Eye's alarms. */
function alarmOf({ name, privateIp }: NodeState, status: 'alarm' | 'ok', time: number): object {
  const alarm = { alarm_id: 'alsimulator', alarm_name: 'npu-events' };
  return {
    message_type: 'alarm',
    ...alarm,
    alarm_status: status,
    time,
    namespace: 'SYS.BMS',
    metric_name: 'NPUSMICardNotFound',
    dimension: `instance_id:${serverIdOf(name)}`,
    alarmValue: [],
    template_variable: {
      ResourceName: name,
      ResourceId: serverIdOf(name),
      PrivateIp: privateIp,
      MetricName: 'NPUSMICardNotFound',
      IsAlarm: status === 'alarm',
      AlarmLevel: 'Major',
      AlarmRuleName: alarm.alarm_name,
      AlarmId: alarm.alarm_id,
      IsAgentEvent: true,
    },
  };
}
