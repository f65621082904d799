import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The samples in events/, and the effect of each under the rules of poolkeeper.yml. `first`: in the menu of `npm start`, in this order.
 * `nodesStayWell`: nothing repairs the nodes of its alerts, so they stay well in the simulator: a faulty one takes a place in the budget.
 */
export const samples: readonly {
  what: string;
  files: readonly { file: string; shows: string; first?: number; nodesStayWell?: true }[];
}[] = [
  {
    what: 'Alerts: nodes become faulty, and you see the reaction',
    files: [
      { file: 'alerts/npu-card-lost.json', shows: 'again: now it waits', first: 1 },
      { file: 'alerts/by-address.json', shows: 'a node by private IP' },
      { file: 'alerts/group.json', shows: 'three nodes, one call', first: 2 },
      { file: 'alerts/observed.json', shows: 'recorded, not done', nodesStayWell: true },
      { file: 'alerts/resolved.json', shows: 'resolved: evidence' },
      { file: 'alerts/unknown-node.json', shows: 'unknown nodes' },
      { file: 'alerts/marked.json', shows: 'a tag while it fires', nodesStayWell: true },
      { file: 'alerts/marked-resolved.json', shows: 'and it is removed' },
      { file: 'alerts/posted.json', shows: 'by Prometheus itself' },
      { file: 'alerts/grafana.json', shows: 'by Grafana', nodesStayWell: true },
      { file: 'alerts/grafana-missing-series.json', shows: 'its end is no repair' },
      { file: 'alerts/grafana-no-data.json', shows: 'no data is no fault' },
    ],
  },
  {
    what: 'Alarms of Huawei Cloud, signed as SMN does',
    files: [
      { file: 'smn/cloud-eye-event.json', shows: 'an event: a reset' },
      { file: 'smn/cloud-eye-alarm.json', shows: 'a tag while it is hot', nodesStayWell: true },
      { file: 'smn/cloud-eye-ok.json', shows: 'and it is removed' },
      { file: 'smn/cloud-eye-group.json', shows: 'by a notification group' },
      { file: 'smn/aom-alarm.json', shows: 'recorded, not done', nodesStayWell: true },
      { file: 'smn/aom-template.json', shows: 'by a template', nodesStayWell: true },
      { file: 'smn/aom-events.json', shows: 'one fires, one is over', nodesStayWell: true },
      { file: 'smn/cloud-eye-template.json', shows: 'prose: refused' },
      { file: 'smn/subscription-confirmation.json', shows: 'a new subscription' },
      { file: 'smn/unsubscribe-confirmation.json', shows: 'and its end' },
    ],
  },
  {
    what: 'Alerts as events',
    files: [
      { file: 'cloudevents/npu-lost.json', shows: 'a tag while it fires', nodesStayWell: true },
      { file: 'cloudevents/npu-lost-resolved.json', shows: 'and it is removed' },
      { file: 'cloudevents/batch.json', shows: 'one bad event of three', nodesStayWell: true },
      { file: 'kubernetes/device-fault.json', shows: 'recorded, not done', nodesStayWell: true },
      { file: 'kubernetes/device-recovery.json', shows: 'recovered: evidence' },
      { file: 'kubernetes/node-condition.json', shows: 'recorded, not done', nodesStayWell: true },
      { file: 'eventbridge/cloudwatch-alarm.json', shows: 'a tag while in ALARM', nodesStayWell: true },
      { file: 'eventbridge/cloudwatch-ok.json', shows: 'and it is removed' },
      { file: 'eventbridge/cloudwatch-no-data.json', shows: 'through SNS: ignored' },
      { file: 'eventbridge/own-event.json', shows: 'recorded, not done', nodesStayWell: true },
    ],
  },
  {
    what: 'Commands of a person or a program',
    files: [
      { file: 'commands/reset-nodes.json', shows: 'two, one by one' },
      { file: 'commands/reset-nodes-image.json', shows: 'with another image' },
      { file: 'commands/reset-nodes-percent.json', shows: 'four, two by two' },
      { file: 'commands/update-nodes.json', shows: 'a tag for two nodes' },
      { file: 'commands/update-nodes-untag.json', shows: 'and off again' },
      { file: 'commands/update-nodes-redundancy.json', shows: 'HA redundancy' },
      { file: 'commands/update-nodes-redundancy-off.json', shows: 'and off again' },
      { file: 'commands/migrate-nodes.json', shows: 'into another pool' },
      { file: 'commands/migrate-nodes-new-node-pool.json', shows: 'into a new node pool' },
      { file: 'commands/update-node-pool.json', shows: 'a label for all of it' },
      { file: 'commands/update-node-pool-grow.json', shows: 'two nodes more' },
      { file: 'commands/delete-node-pool.json', shows: 'waits for you', first: 3 },
      { file: 'commands/accept-event.json', shows: 'planned maintenance' },
      { file: 'queue/reset-nodes.json', shows: 'over its queue' },
    ],
  },
  {
    what: 'Tag policies and schedules',
    files: [
      { file: 'tag-policies/organization.json', shows: 'tags for every node' },
      { file: 'tag-policies/withdrawn.json', shows: 'and no tags' },
      { file: 'schedules/tag-policies.json', shows: 'the 15-minute check' },
      { file: 'schedules/shrink-at-night.json', shows: 'recorded, not done' },
      { file: 'schedules/image-of-the-month.json', shows: 'for selected nodes' },
      { file: 'schedules/scheduled-events.json', shows: 'planned maintenance' },
    ],
  },
];

/** The folders of the samples that once lay in events/ itself, with the first word of their names. */
const FORMER_NAMES: readonly (readonly [prefix: string, folder: string])[] = [
  ['alert-', 'alerts/'],
  ['command-', 'commands/'],
  ['queue-', 'queue/'],
  ['schedule-', 'schedules/'],
  ['tag-policy-', 'tag-policies/'],
];

/**
 * The present name of a sample: `alerts/group` for `alert-group`, which scripts may still use. Any other name stays as it is.
 * Names are relative to events/.
 */
export function presentName(sample: string): string {
  const former = FORMER_NAMES.find(([prefix]) => sample.startsWith(prefix));
  return former ? `${former[1]}${sample.slice(former[0].length)}` : sample;
}

/**
 * The file of a sample, or undefined if there is none. `root`: the folder with `events/`.
 *
 * @param sample as in a list, such as `events/alerts/group.json`, or `alerts/group` for short
 */
export function sampleFile(sample: string, root: string): string | undefined {
  const name = presentName(sample.replace(/^events\//, '').replace(/\.json$/, ''));
  const file = path.join(root, 'events', `${name}.json`);
  return existsSync(file) ? file : undefined;
}

/** The samples for a newcomer, in the order of the menu. */
export const firstSamples: readonly { file: string; shows: string }[] = samples
  .flatMap(({ files }) => files)
  .filter(({ first }) => first !== undefined)
  .sort((one, other) => (one.first ?? 0) - (other.first ?? 0));

/** Whether a file is a sample whose nodes stay well. `file`: its path from the root of the checkout. */
export function leavesNodesWell(file: string): boolean {
  return samples.some(({ files }) =>
    files.some((sample) => sample.nodesStayWell === true && `events/${sample.file}` === file),
  );
}

/** The samples as a list, each with its effect. */
export function sampleList(): string {
  const lines = samples.flatMap(({ what, files }) => [
    '',
    `  ${what}`,
    ...files.map(({ file, shows }) => `    ${`events/${file}`.padEnd(49)}  ${shows}`),
  ]);
  return ['The samples:', ...lines, ''].join('\n');
}
