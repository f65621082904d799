import { nodeConditions } from '../pack/node-conditions.ts';
import { packs } from '../pack/packs.ts';
import type { AlertState, When } from '../rules.ts';

/** The possible content of the alerts of a source. An absent list is open: the source may send anything. */
export type SourceFacts = {
  /** Its alerts never have these. */
  lacks: readonly ('event' | 'severity')[];
  /** Every state of its firing alerts. */
  states: readonly AlertState[];
  /** All of its labels and annotations. */
  labels?: readonly string[];
  annotations?: readonly string[];
  /** Well-known labels, with the spelling of the source. */
  knownLabels: readonly string[];
  /** All values of a field: no other one comes. */
  values: Readonly<Record<string, readonly string[]>>;
  /** Well-known values of a field, with the spelling of the source. There may be others. */
  knownValues: Readonly<Record<string, readonly string[]>>;
};

const ONLY_FAULTS: readonly AlertState[] = ['alerting'];
const ALL_STATES: readonly AlertState[] = ['alerting', 'nodata', 'error', 'unknown'];

const CONDITIONS = nodeConditions.map(({ id }) => id);
const EVENT_IDS = Object.values(packs)
  .flat()
  .flatMap(({ kind, id }) => (kind === 'cloud-eye-event' ? [id] : []));

/** Levels of faults of the Ascend device plugin, as docs/alerting/events.md has them. */
const FAULT_LEVELS = [
  'NotHandleFault',
  'SubHealthFault',
  'RestartRequest',
  'RestartBusiness',
  'FreeRestartNPU',
  'RestartNPU',
  'PreSeparateNPU',
  'SeparateNPU',
];

const REPORTED = ['alertname', 'node', 'pool', 'instance', 'severity', 'cluster'];

/**
 * The facts about each source, from `lib/alerts/sources`: a test compares both.
 *
 * Sources: the pages that docs/alerting/alertmanager.md, docs/alerting/huawei.md, docs/alerting/events.md and docs/rules/scheduled-events.md name.
 */
export const sourceFacts: Readonly<Record<NonNullable<When['source']>, SourceFacts>> = {
  alertmanager: {
    lacks: ['event'],
    states: ALL_STATES,
    knownLabels: [
      'alertname',
      'instance',
      'severity',
      'node',
      'job',
      'cluster',
      'pool',
      'namespace',
      'condition',
    ],
    values: {},
    knownValues: { 'labels.alertname': CONDITIONS, 'labels.condition': CONDITIONS },
  },
  smn: {
    lacks: [],
    states: ONLY_FAULTS,
    knownLabels: [
      'alertname',
      'service',
      'alarm_id',
      'namespace',
      'metric_name',
      'level',
      'resource_id',
      'resource_name',
      'private_ip',
      'public_ip',
      'region',
      'instance_id',
      'node_ip',
    ],
    values: { 'labels.service': ['cloud-eye', 'aom'] },
    knownValues: {
      severity: ['Critical', 'Major', 'Minor', 'Informational', 'Info'],
      'labels.level': ['Critical', 'Major', 'Minor', 'Informational'],
      event: EVENT_IDS,
    },
  },
  cloudevents: {
    lacks: [],
    states: ALL_STATES,
    knownLabels: [...REPORTED, 'ce_source', 'ce_type', 'ce_subject'],
    values: {},
    knownValues: { 'labels.alertname': CONDITIONS },
  },
  kubernetes: {
    lacks: [],
    states: ONLY_FAULTS,
    labels: [
      'alertname',
      'node',
      'assertion',
      'card_id',
      'device_id',
      'fault_code',
      'fault_level',
      'condition',
      'status',
      'reason',
      'type',
      'cluster',
    ],
    annotations: ['message', 'description', 'alarm_raised_time'],
    knownLabels: [],
    values: { 'labels.assertion': ['Occur', 'Recovery'], 'labels.status': ['True', 'False'] },
    knownValues: {
      severity: [...FAULT_LEVELS, 'Warning', 'Normal'],
      'labels.fault_level': FAULT_LEVELS,
      event: CONDITIONS,
      'labels.condition': CONDITIONS,
      'labels.alertname': [...CONDITIONS, 'ascend-device-fault'],
    },
  },
  eventbridge: {
    lacks: [],
    states: ALL_STATES,
    // The dimensions of a metric have names of their own, often with capitals.
    knownLabels: ['alertname', 'service', 'detail_type', 'event_source'],
    values: {},
    knownValues: { 'labels.service': ['cloudwatch'] },
  },
  'scheduled-event': {
    lacks: ['severity'],
    states: ONLY_FAULTS,
    labels: [
      'alertname',
      'state',
      'event_id',
      'node',
      'pool',
      'catalog',
      'instance_type',
      'server_id',
      'redeploy_type',
    ],
    annotations: ['description', 'publish_time', 'not_before', 'start_time', 'finish_time'],
    knownLabels: [],
    values: { 'labels.state': ['inquiring', 'scheduled', 'executing', 'failed'] },
    knownValues: {
      event: [
        'system-maintenance',
        'localdisk-recovery',
        'node_reboot',
        'operation-request',
        'node_maintenance',
        'node_redeploy',
        'node_localdisk_recovery',
      ],
    },
  },
};

/** The events of Cloud Eye in Huawei's tables. Such an event reports a moment and has no end. */
export const momentaryEvents: readonly string[] = EVENT_IDS;
