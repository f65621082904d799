import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRules, RulesError } from '#lib/rules/parse/parse';
import { runs } from '#test/runs';

const everyKey = readFileSync(new URL('every-key.yml', import.meta.url), 'utf8');

function mistakesIn(text: string): string[] {
  try {
    parseRules(text, 'poolkeeper.yml');
  } catch (error) {
    if (error instanceof RulesError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a value or a key that is wrong', () => {
  test.each<[was: string, is: string, ...messages: string[]]>([
    [
      'cooldown: 6h',
      'cooldown: 6 hours',
      'poolkeeper.yml:30:5 rules[0].cooldown: "6 hours" is not a duration such as 30s, 5m, 6h or 2d',
    ],
    [
      'cooldown: 6h',
      'cooldown: 60',
      'poolkeeper.yml:30:5 rules[0].cooldown: 60 is not a duration such as 30s, 5m, 6h or 2d',
    ],
    [
      'rounds: { max: 2, within: 3d }',
      'rounds: { max: 0, within: 0d }',
      'poolkeeper.yml:46:15 rules[0].rounds.max: 0 is less than 1',
      'poolkeeper.yml:46:23 rules[0].rounds.within: "0d" is not a duration of at least 1s, such as 30s, 5m or 6h',
    ],
    ['cooldown: 6h', 'cooldown:', 'poolkeeper.yml:30:5 rules[0].cooldown: has no value: it must be text'],
    [
      'cooldown: 6h',
      'cooldwon: 6h',
      'poolkeeper.yml:30:5 rules[0].cooldwon: is not a known key: did you mean "cooldown"?',
    ],
    [
      '"urn:smn:cn-north-4:0970dd7a1300f5672ff2c003c60ae115:npu-alarms"',
      '"urn:smn:cn-north-4:*:npu-alarms", npu-alarms, 7',
      'poolkeeper.yml:91:14 sources.smn.topics[0]: "urn:smn:cn-north-4:*:npu-alarms" is not the whole URN of a topic: urn:smn:{region}:{project_id}:{topic name}',
      'poolkeeper.yml:91:49 sources.smn.topics[1]: "npu-alarms" is not the whole URN of a topic: urn:smn:{region}:{project_id}:{topic name}',
      'poolkeeper.yml:91:61 sources.smn.topics[2]: 7 is not the whole URN of a topic: urn:smn:{region}:{project_id}:{topic name}',
    ],
    [
      '["00:11:',
      '["SHA256:00:11:',
      'poolkeeper.yml:93:8 sources.smn.certificates[0]: "SHA256:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66…" is not the SHA-256 fingerprint of a certificate: 32 pairs of hex digits with colons between them',
    ],
    [
      'every: 30s',
      'every: 0s',
      'poolkeeper.yml:62:24 polling.every: "0s" is not a duration of at least 1s, such as 30s, 5m or 6h',
    ],
    [
      'mode: act\n',
      'mode: acct\n',
      'poolkeeper.yml:29:5 rules[0].mode: "acct" is not one of act, observe, approve: did you mean "act"?',
    ],
    [
      'interruptWorkloads: true',
      'interruptWorkloads: yes',
      'poolkeeper.yml:32:5 rules[0].interruptWorkloads: "yes" is not true or false',
    ],
    [
      '[Abnormal]',
      '[Abnormal, available]',
      'poolkeeper.yml:28:23 rules[0].phase[1]: "available" is not one of Available, Creating, Deleting, Abnormal, Checking: did you mean "Available"?',
    ],
    [
      '    account: research',
      '    account: Research',
      'poolkeeper.yml:13:5 pools.train-a.account: "Research" is not a name of an account: at most 31 small letters, digits and hyphens, a letter first',
    ],
    [
      '    project: 0a1b2c3d4e5f',
      '',
      'poolkeeper.yml:2:3 pools.train-a.project: is missing: a pool of another account is in a project of that account',
    ],
    [
      'perDay: 20%',
      'perDay: 120%',
      'poolkeeper.yml:4:35 pools.train-a.budget.perDay: "120%" is not a budget: a number of nodes such as 2, or a share of the pool from 0% to 100%',
    ],
    [
      'maxUnavailable: 2 ',
      'maxUnavailable: 2.5 ',
      'poolkeeper.yml:16:15 pools.quarantine.budget.maxUnavailable: 2.5 is not a budget: a number of nodes such as 2, or a share of the pool from 0% to 100%',
    ],
    [
      'cluster: prod-*',
      'cluster: 17',
      'poolkeeper.yml:21:60 rules[0].when.labels.cluster: 17 is not text, in quotes if it looks like a number, or a list of texts',
    ],
    [
      'NT_NPU_NET]',
      '17]',
      'poolkeeper.yml:21:47 rules[0].when.labels.alertname[1]: 17 is a number: put it in quotes to make it text',
    ],
    [
      'node: { from: labels.instance }',
      'node: { from: label.instance }',
      'poolkeeper.yml:26:13 rules[0].node.from: "label.instance" is not a field of the alert such as labels.instance or annotations.node',
    ],
    ['    node: { from: labels.instance }\n', '', 'poolkeeper.yml:18:5 rules[0].node: is missing'],
    [
      'pool: { from: labels.os.modelarts/pool, of: [train-a] }',
      'pool: { form: labels.pool }',
      'poolkeeper.yml:27:5 rules[0].pool.from: is missing',
      'poolkeeper.yml:27:13 rules[0].pool.form: is not a known key: did you mean "from"?',
    ],
    [
      'pool: { from: labels.os.modelarts/pool, of: [train-a] }',
      'pool: 7',
      'poolkeeper.yml:27:5 rules[0].pool: 7 is not the name of a pool of this file, or a map such as { from: labels.pool, of: [train-a] }',
    ],
    [
      'of: [train-a] }',
      'of: [trian-a] }',
      'poolkeeper.yml:27:50 rules[0].pool.of[0]: there is no pool "trian-a": did you mean "train-a"?',
    ],
    ['of: [train-a] }', 'of: [] }', 'poolkeeper.yml:27:45 rules[0].pool.of: must not be empty'],
    [
      'Europe/Berlin\n    healthy',
      'europe/berlin\n    healthy',
      'poolkeeper.yml:8:9 pools.train-a.windows[0].timezone: "europe/berlin" is not a time zone: did you mean "Europe/Berlin"?',
    ],
    [
      'Europe/Berlin\n    healthy',
      '+01:00\n    healthy',
      'poolkeeper.yml:8:9 pools.train-a.windows[0].timezone: "+01:00" is not a time zone: an offset has no rules for summer time. Write the name of a place, such as Asia/Shanghai or Europe/Berlin',
    ],
    [
      'Europe/Berlin\n    healthy',
      'CST\n    healthy',
      'poolkeeper.yml:8:9 pools.train-a.windows[0].timezone: "CST" is not a time zone: the abbreviation has several meanings. Write the name of a place, such as Asia/Shanghai or America/Chicago',
    ],
    [
      '0 22 ? * SAT *',
      '0 22 * * SAT *',
      'poolkeeper.yml:6:9 pools.train-a.windows[0].start: "0 22 * * SAT *" is not a cron expression: exactly one of day-of-month (the third field) and day-of-week (the fifth) must be ?',
    ],
    [
      '0 22 ? * SAT *',
      '0 22 * * 6',
      'poolkeeper.yml:6:9 pools.train-a.windows[0].start: "0 22 * * 6" is not a cron expression: it has 5 fields, not the six minutes hours day-of-month month day-of-week year',
    ],
    [
      '0 22 ? * SAT *',
      '0 24 ? * SAT *',
      'poolkeeper.yml:6:9 pools.train-a.windows[0].start: "0 24 ? * SAT *" is not a cron expression: "24" in hours is not 0 to 23',
    ],
    [
      'region: cn-north-4',
      'region: CN North',
      'poolkeeper.yml:11:5 pools.train-a.region: "CN North" is not a region such as cn-north-4',
    ],
  ])('%j as %j', (was, is, ...messages) => {
    expect(everyKey).toContain(was);
    expect(mistakesIn(everyKey.replace(was, is))).toEqual(messages);
  });
});

const fileWith = (work: string) => `pools: { train-a: { id: pool-a }, quarantine: { id: pool-q } }
schedules:
  - name: nightly
    cron: "0 20 * * ? *"
    ${work}
`;

const ruleWith = (ladder: string, steps: string) => `pools: { train-a: { id: pool-a } }
rules:
  - name: suspicious
    node: { from: labels.instance }
    pool: train-a
    ladder: [${ladder}]
    onResolved: [${steps}]
`;
const HA = '{ update-nodes: { action: openHaRedundant } }';

describe('what is done when alerts have resolved', () => {
  test.each([
    '{ update-nodes: { action: closeHaRedundant } }, { notify: {} }',
    '{ update-nodes: { action: deleteTags, tags: [{ key: Temp, value: "1" }] }, mode: approve, deadline: 2h }',
    '{ reset-nodes: {}, mode: approve }',
    '{ update-node-pool: { resources: { count: 2 } } }',
    '{ delete-node-pool: { nodePool: np-1 } }',
  ])('is a list of steps: %s', (steps) => {
    expect(mistakesIn(ruleWith(HA, steps))).toEqual([]);
  });

  test.each<[ladder: string, steps: string, message: string]>([
    [HA, '', 'poolkeeper.yml:7:5 rules[0].onResolved: must not be empty'],
    [
      '{ notify: {} }',
      HA,
      'poolkeeper.yml:7:5 rules[0].onResolved: has nothing to undo, because the ladder only sends notices: remove it, or add an action to the ladder',
    ],
    [
      HA,
      '{ reset-nodes: {} }',
      'poolkeeper.yml:7:18 rules[0].onResolved[0]: reset-nodes would run on a node whose alert has resolved: confirm it with mode: approve or mode: act',
    ],
    [
      HA,
      '{ update-nodes: { action: closeHaRedundant }, verify: { healthyFor: 1m, within: 2m } }',
      'poolkeeper.yml:7:64 rules[0].onResolved[0].verify: is not a known key: the known ones are reset-nodes, update-nodes, migrate-nodes, update-node-pool, delete-node-pool, accept-event, notify, deadline, mode',
    ],
    [
      HA,
      '{ mode: act }',
      'poolkeeper.yml:7:18 rules[0].onResolved[0]: names no action: add one of reset-nodes, update-nodes, migrate-nodes, update-node-pool, delete-node-pool, accept-event, notify',
    ],
    [
      HA,
      '{ reset-nodes: {}, notify: {}, mode: act }',
      'poolkeeper.yml:7:18 rules[0].onResolved[0]: has reset-nodes and notify in one step: begin a new list item (-) for each',
    ],
  ])('of the ladder %s cannot be %s', (ladder, steps, message) => {
    expect(mistakesIn(ruleWith(ladder, steps))).toEqual([message]);
  });
});

describe('a schedule', () => {
  test.each([
    'reset-nodes: { pool: train-a, nodes: [os-node-a], nodeConfig: { imageId: image-b } }',
    'reset-nodes: { pool: train-a, nodes: { name: "*" }, rollingConfig: { strategy: RollingByPercent, maxUnavailable: 20 } }',
    'update-nodes: { pool: train-a, nodes: { nodePool: np-1 }, action: openHaRedundant }',
    'update-nodes: { pool: train-a, nodes: { labels: { zone: a } }, action: deleteTags, tags: [{ key: Temp, value: "1" }] }',
    'migrate-nodes: { pool: train-a, nodes: [os-node-a], toPoolName: quarantine, resourceSpec: { flavor: modelarts.vm.2u4g } }',
    'update-node-pool: { pool: train-a, nodePool: np-1, resources: { count: 2 } }',
    'delete-node-pool: { pool: train-a, nodePool: np-1 }',
  ])('does any action: %s', (work) => {
    expect(mistakesIn(fileWith(work))).toEqual([]);
  });

  test.each<[string, ...string[]]>([
    [
      'mode: act',
      'poolkeeper.yml:3:5 schedules[0]: names no action: add one of reset-nodes, update-nodes, migrate-nodes, update-node-pool, delete-node-pool, accept-event',
    ],
    ['reset-nodes: { pool: train-a }', 'poolkeeper.yml:5:5 schedules[0].reset-nodes.nodes: is missing'],
    [
      'reset-nodes: { pool: train-a, nodes: [] }',
      'poolkeeper.yml:5:35 schedules[0].reset-nodes.nodes: must not be empty',
    ],
    [
      'reset-nodes: { pool: train-a, nodes: {} }',
      'poolkeeper.yml:5:35 schedules[0].reset-nodes.nodes: selects every node of the pool: write { name: "*" } if you want that',
    ],
    [
      'reset-nodes: { pool: train-a, nodes: { labels: {} } }',
      'poolkeeper.yml:5:35 schedules[0].reset-nodes.nodes: selects every node of the pool: write { name: "*" } if you want that',
    ],
    [
      'reset-nodes: { pool: train-a, nodes: [a, b, a] }',
      'poolkeeper.yml:5:35 schedules[0].reset-nodes.nodes: names a node twice',
    ],
    [
      'reset-nodes: { pool: train-a, nodes: { nodepool: np-1 } }',
      'poolkeeper.yml:5:44 schedules[0].reset-nodes.nodes.nodepool: is not a known key: did you mean "nodePool"?',
    ],
    [
      'reset-nodes: { pool: trian-a, nodes: [a], nodePool: np-1 }',
      'poolkeeper.yml:5:20 schedules[0].reset-nodes.pool: there is no pool "trian-a": did you mean "train-a"?',
      'poolkeeper.yml:5:47 schedules[0].reset-nodes.nodePool: is not a known key: the known ones are rollingConfig, nodeConfig, pool, nodes',
    ],
    [
      'update-nodes: { pool: train-a, nodes: [a], action: createTags }',
      'poolkeeper.yml:5:5 schedules[0].update-nodes.tags: is mandatory for createTags: at least one tag',
    ],
    [
      'update-node-pool: { pool: train-a, nodes: [a], resources: { count: 2 } }',
      'poolkeeper.yml:5:5 schedules[0].update-node-pool.nodePool: is missing',
      'poolkeeper.yml:5:40 schedules[0].update-node-pool.nodes: is not a known key: the known ones are pool, nodePool, resources',
    ],
    [
      'delete-node-pool: { pool: train-a, nodePool: np-1 }\n    reset-nodes: { pool: train-a, nodes: [a] }',
      'poolkeeper.yml:3:5 schedules[0]: has reset-nodes and delete-node-pool in one schedule: write one schedule for each',
    ],
  ])('that cannot be carried out is a mistake: %s', (work, ...messages) => {
    expect(mistakesIn(fileWith(work))).toEqual(messages);
  });
});

describe('the parameters of an action are the vendor’s', () => {
  test.each<[was: string, is: string, ...messages: string[]]>([
    [
      'maxUnavailable: 1 }',
      'maxUnavailable: 0 }',
      'poolkeeper.yml:37:55 rules[0].ladder[1].reset-nodes.rollingConfig.maxUnavailable: must be at least 1',
    ],
    [
      'imageType: private',
      'runtime: dokcer',
      'poolkeeper.yml:38:25 rules[0].ladder[1].reset-nodes.nodeConfig.runtime: "dokcer" is not one of docker, containerd: did you mean "docker"?',
    ],
    [
      'nodeConfig: { imageType: private }',
      'nodeNames: [os-node-1]',
      'poolkeeper.yml:38:11 rules[0].ladder[1].reset-nodes.nodeNames: is not a known key: the known ones are rollingConfig, nodeConfig',
    ],
    [
      'openHaRedundant,',
      'createTags,',
      'poolkeeper.yml:35:9 rules[0].ladder[0].update-nodes.tags: is mandatory for createTags: at least one tag',
    ],
    [
      'size: "100"',
      'size: 100',
      'poolkeeper.yml:44:44 rules[0].ladder[2].migrate-nodes.resourceSpec.rootVolume.size: 100 is a number: put it in quotes to make it text',
    ],
    [
      'CostCenter: "4711"',
      'sysCostCenter: "4711"',
      'poolkeeper.yml:52:16 tagPolicies[0].require.sysCostCenter: must not start with sys or _sys_',
    ],
    [
      'count: 2, maxCount: 2',
      'count: 3, maxCount: 2',
      'poolkeeper.yml:61:79 schedules[0].update-node-pool.resources.maxCount: must be at least count (the same, for a physical pool)',
    ],
    [
      'count: 2, maxCount: 2',
      'nodePool: np-2',
      'poolkeeper.yml:61:69 schedules[0].update-node-pool.resources.nodePool: is not the node pool that the schedule changes: remove it',
    ],
    [
      'count: 2, maxCount: 2',
      'labels: { old: null, "a b": x }, extendParams: { dockerBaseSize: abc }',
      'poolkeeper.yml:61:90 schedules[0].update-node-pool.resources.labels["a b"]: must be the key of a Kubernetes label: at most 63 letters, digits, hyphens, underscores and periods, the first and the last a letter or digit; before it a DNS name and a slash, if anything',
      'poolkeeper.yml:61:118 schedules[0].update-node-pool.resources.extendParams.dockerBaseSize: must be "0" (unlimited) or a whole number of GiB, as a string such as "50"',
    ],
    [
      'rootVolume: { volumeType: SSD, size: "100" }',
      'creatingStep: {}',
      'poolkeeper.yml:44:13 rules[0].ladder[2].migrate-nodes.resourceSpec.creatingStep.step: is missing',
      'poolkeeper.yml:44:13 rules[0].ladder[2].migrate-nodes.resourceSpec.creatingStep.type: is missing: one of hyperinstance, rack',
    ],
    [
      'size: "100"',
      'size: "0"',
      'poolkeeper.yml:44:44 rules[0].ladder[2].migrate-nodes.resourceSpec.rootVolume.size: must be a number of GiB, at least 1, as a string such as "100"',
    ],
    [
      'toPoolName: quarantine',
      'toPoolName: quarantin',
      'poolkeeper.yml:41:11 rules[0].ladder[2].migrate-nodes.toPoolName: there is no pool "quarantin" in this file, and this is not a pool id either: did you mean "quarantine"?',
    ],
  ])('%j as %j', (was, is, ...messages) => {
    expect(everyKey).toContain(was);
    expect(mistakesIn(everyKey.replace(was, is))).toEqual(messages);
  });
});

function rule(ladder: string): string {
  return `{ name: a, node: { from: labels.n }, pool: train-a, ladder: ${ladder} }`;
}

describe('parts that do not fit together', () => {
  const pools = 'pools: { train-a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036 } }';

  test.each<[what: string, text: string, ...messages: string[]]>([
    [
      'a rule for a pool that is not there',
      `${pools}\nrules:\n  - ${rule('[notify: {}]').replace('train-a', 'trian-a')}`,
      'poolkeeper.yml:3:42 rules[0].pool: there is no pool "trian-a": did you mean "train-a"?',
    ],
    [
      'one name for two rules',
      `${pools}\nrules:\n  - ${rule('[notify: {}]')}\n  - ${rule('[notify: {}]')}`,
      'poolkeeper.yml:4:7 rules[1].name: "a" is already used by rules[0].name: choose another',
    ],
    [
      'one id for two pools',
      `pools:\n  a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036 }\n  b: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036 }`,
      'poolkeeper.yml:3:8 pools.b.id: "pool-9d3f-6f5da086876d4cd084d36f8bd3346036" is already used by pools.a.id: choose another',
    ],
    [
      'a pool by the name of another one’s id',
      `pools:\n  pool-9d3f-6f5da086876d4cd084d36f8bd3346036: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346037 }\n  b: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036 }`,
      'poolkeeper.yml:2:3 pools.pool-9d3f-6f5da086876d4cd084d36f8bd3346036: "pool-9d3f-6f5da086876d4cd084d36f8bd3346036" is the id of another pool: give this pool another name',
    ],
    [
      'a rung without an action',
      `${pools}\nrules:\n  - ${rule('[{ verify: { healthyFor: 1m, within: 2m } }]')}`,
      'poolkeeper.yml:3:66 rules[0].ladder[0]: names no action: add one of reset-nodes, update-nodes, migrate-nodes, update-node-pool, delete-node-pool, accept-event, notify',
    ],
    [
      'a rung with two actions',
      `${pools}\nrules:\n  - ${rule('[{ reset-nodes: {}, notify: {} }]')}`,
      'poolkeeper.yml:3:66 rules[0].ladder[0]: has reset-nodes and notify in one rung: begin a new list item (-) for each',
    ],
    [
      'a rung that looks after a node which it takes away',
      `${pools}\nrules:\n  - ${rule('[{ delete-node-pool: {}, verify: { healthyFor: 1m, within: 2m } }]')}`,
      'poolkeeper.yml:3:90 rules[0].ladder[0].verify: is impossible here, because the node disappears with its node pool: remove it',
    ],
    [
      'a rung about a node pool that changes nothing of it',
      `${pools}\nrules:\n  - ${rule('[{ update-node-pool: { nodePool: np-1 } }]')}`,
      'poolkeeper.yml:3:68 rules[0].ladder[0].update-node-pool.resources: is missing',
    ],
    [
      'a rung about two node pools',
      `${pools}\nrules:\n  - ${rule('[{ update-node-pool: { nodePool: np-1, resources: { nodePool: np-2 } } }]')}`,
      'poolkeeper.yml:3:117 rules[0].ladder[0].update-node-pool.resources.nodePool: is not the node pool that the rung changes: remove it',
    ],
    [
      'a rung about nodes by the name of a node pool',
      `${pools}\nrules:\n  - ${rule('[{ reset-nodes: { nodePool: np-1 } }]')}`,
      'poolkeeper.yml:3:83 rules[0].ladder[0].reset-nodes.nodePool: is not a known key: the known ones are rollingConfig, nodeConfig',
    ],
    [
      'a verification that cannot succeed',
      `${pools}\nrules:\n  - ${rule('[{ reset-nodes: {}, verify: { healthyFor: 3m, within: 2m } }]')}`,
      'poolkeeper.yml:3:85 rules[0].ladder[0].verify: healthyFor is longer than within, so no node could ever pass: use a longer within',
    ],
    [
      'a whole supernode that nothing moves, or in other words than there are',
      `${pools}\nrules:\n  - ${rule('[{ reset-nodes: {}, wholeSupernode: any }, { migrate-nodes: {}, wholeSupernode: all }]')}`,
      'poolkeeper.yml:3:85 rules[0].ladder[0].wholeSupernode: is only for migrate-nodes: no other action moves a supernode',
      'poolkeeper.yml:3:129 rules[0].ladder[1].wholeSupernode: "all" is not one of members, any',
    ],
    [
      'a deadline of a rung that is none, or that has nothing to wait for',
      `${pools}\nrules:\n  - ${rule('[{ reset-nodes: {}, deadline: 31d }, { notify: {}, deadline: 1h }]')}`,
      'poolkeeper.yml:3:85 rules[0].ladder[0].deadline: "31d" is not a duration such as 90m, 2h or 1d, of at least 1s and at most 30d',
      'poolkeeper.yml:3:116 rules[0].ladder[1].deadline: is only for actions, because notify runs nothing: remove it',
    ],
    [
      'a tag both demanded and forbidden',
      `${pools}\ntagPolicies:\n  - { name: a, pool: train-a, require: { Env: prod }, forbid: { Env: pr* } }`,
      'poolkeeper.yml:3:65 tagPolicies[0].forbid.Env: forbids the tag Env=prod, which require demands: change one of the two',
    ],
    [
      'what only a privileged pool takes, for one that is none',
      [
        'pools:',
        '  train-a: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036, privileged: false }',
        '  b: { id: pool-9d3f-6f5da086876d4cd084d36f8bd3346037 }',
        'rules:',
        `  - ${rule('[{ migrate-nodes: { toPoolName: train-a, resourceSpec: { flavor: f, labels: { a: b } } } }]').replace('train-a', 'b')}`,
        'schedules:',
        '  - { name: a, cron: "0 1 * * ? *", update-node-pool: { pool: train-a, nodePool: b, resources: { labels: { a: b }, tags: [] } } }',
      ].join('\n'),
      'poolkeeper.yml:5:127 rules[0].ladder[0].migrate-nodes.resourceSpec.labels: needs a privileged pool, and train-a has privileged: false',
      'poolkeeper.yml:7:116 schedules[0].update-node-pool.resources.tags: needs a privileged pool, and train-a has privileged: false',
    ],
    [
      'days in two places',
      `${pools}\nschedules:\n  - { name: a, cron: "0 1 ? * MON *", daysOfWeek: [TUE], update-node-pool: { pool: train-a, nodePool: b, resources: { count: 1 } } }`,
      'poolkeeper.yml:3:39 schedules[0].daysOfWeek: with daysOfWeek, the day fields of cron must be * and ?, as in "0 20 * * ? *"',
    ],
  ])('%s', (_, text, ...messages) => {
    expect(mistakesIn(text)).toEqual(messages);
  });
});

describe('a text that is no rules file', () => {
  const aMap = 'the file must be a map with pools and rules';
  test.each<[what: string, text: string, ...messages: string[]]>([
    ['empty', '', `poolkeeper.yml:1:1 ${aMap}, but it is empty`],
    ['only comments', '# later\n', `poolkeeper.yml:1:1 ${aMap}, but it is empty`],
    ['a list', '- pools', `poolkeeper.yml:1:1 ${aMap}, but it is a list`],
    ['a word', 'pools', `poolkeeper.yml:1:1 ${aMap}, but it is "pools"`],
    ['no pool', 'pools: {}', 'poolkeeper.yml:1:1 pools: must not be empty'],
    [
      'broken YAML',
      'pools:\n  a: [\n',
      'poolkeeper.yml:3:1 not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]. Check the spaces at the beginning of the line',
    ],
    [
      'a tab, and lines after it that the parser then takes for something else',
      'pools:\n  a:\n\tid: x\n    region: y\n    windows: []\n',
      'poolkeeper.yml:3:1 not valid YAML: Tabs are not allowed as indentation. Use spaces',
    ],
    [
      'the colon of a Chinese keyboard',
      'pools:\n  a：\n    id: x\n',
      'poolkeeper.yml:2:3 not valid YAML: Implicit keys need to be on a single line. The line has a character that only looks like a colon (U+FF1A): type it again',
    ],
    [
      'a space that is none',
      'pools:\n  a:\n    id:\u00a0x\n    region: y\n',
      'poolkeeper.yml:3:5 not valid YAML: Implicit keys need to be on a single line. The line has a character that only looks like a space (U+00A0): type it again',
    ],
    [
      'two documents',
      'pools: {}\n---\nrules: []',
      'poolkeeper.yml:2:1 a second document begins here: write the rules as one document, without ---',
    ],
    [
      'an alias without an anchor',
      'pools: *all',
      'poolkeeper.yml:1:8 the alias *all has no anchor &all above it',
    ],
    [
      'a key given twice',
      everyKey.replace('    cooldown: 6h\n', '    cooldown: 6h\n    cooldown: 1h\n'),
      'poolkeeper.yml:31:5 the key "cooldown" appears twice in one map: remove one',
    ],
    [
      'a key given twice, the second time wrong',
      everyKey.replace('    cooldown: 6h\n', '    cooldown: 6h\n    cooldown: 1\n'),
      'poolkeeper.yml:31:5 the key "cooldown" appears twice in one map: remove one',
      'poolkeeper.yml:31:5 rules[0].cooldown: 1 is not a duration such as 30s, 5m, 6h or 2d',
    ],
    [
      'a key that JavaScript takes for itself',
      everyKey.replace('{ runbook: "*" }', '{ __proto__: "*" }'),
      'poolkeeper.yml:22:22 the key __proto__ is not allowed: remove it',
    ],
  ])('%s', (_, text, ...messages) => {
    expect(mistakesIn(text)).toEqual(messages);
  });

  test('aliases of aliases are not multiplied out', () => {
    const lines = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(10)}]`);
    expect(mistakesIn(['a0: &a0 [x]', ...lines].join('\n'))).toEqual([
      'poolkeeper.yml:1:1 the aliases (*name) expand the file to an excessive size: write the values out',
    ]);
  });

  test('a list that contains itself', () => {
    expect(mistakesIn('pools: &all [*all]')).toEqual(['poolkeeper.yml:1:1 pools: a list is not a map']);
  });
});

test('all mistakes appear at once, in the order of the lines', () => {
  const text = everyKey
    .replace('first: 90s', 'first: soon')
    .replace('pool: train-a\n    mode', 'pool: train-b\n    mode')
    .replace('cooldown: 6h', 'cooldwon: 6h')
    .replace('region: cn-north-4', 'region: 4');
  expect(mistakesIn(text)).toEqual([
    'poolkeeper.yml:11:5 pools.train-a.region: 4 is not a region such as cn-north-4',
    'poolkeeper.yml:30:5 rules[0].cooldwon: is not a known key: did you mean "cooldown"?',
    'poolkeeper.yml:49:5 tagPolicies[0].pool: there is no pool "train-b": did you mean "train-a"?',
    'poolkeeper.yml:62:12 polling.first: "soon" is not a duration such as 30s, 5m, 6h or 2d',
  ]);
});

test('the address of a webhook, which may hold a token, is not repeated', () => {
  const mistakes = mistakesIn(everyKey.replace('https://example.com/hook', 'htps://example.com/s3cret'));
  expect(mistakes).toEqual(['poolkeeper.yml:66:22 notify[0].url: is not an http(s) URL']);
});

test.each([
  [
    'kind: webhook, url: "https://example.com/hook"',
    'kind: smn, url: "https://smn.example.com/s3cret"',
    'is not the publish URL of a topic',
  ],
  ['//example.com/hook', '//s3cret:100%@example.com/hook', 'has a % that is not followed by two hex digits'],
  ['/hook"', '/s3cret/${secret:hook}"', 'has a ${…} that is not ${secret:NAME}'],
  ['/hook"', '/s3cret/${HOOK}"', 'has a ${…} that is not ${secret:NAME}'],
  ['"https://example.com/hook"', '"s3cret/${secret:HOOK}"', 'is not an http(s) URL'],
])(
  'the mistake of a target that cannot be posted to does not have its address: %s',
  (right, wrong, reason) => {
    const [mistake = '', ...others] = mistakesIn(everyKey.replace(right, wrong));
    expect(mistake).toContain(`notify[0].url: ${reason}`);
    expect(mistake).not.toContain('s3cret');
    expect(others).toEqual([]);
  },
);

test.each([
  'https://example.com/${secret:HOOK}',
  '${secret:HOOK_2}',
  'https://${secret:HOST}:${secret:PORT}/a',
])('a secret may be any part of a URL: %s', (url) => {
  expect(mistakesIn(everyKey.replace('https://example.com/hook', url))).toEqual([]);
});

test('after any change a file is read, or its mistakes appear with their lines', () => {
  const lines = everyKey.split('\n').length;
  const fragment = fc.oneof(
    fc.string(),
    fc.constantFrom(': ', '- ', '{', ']', '&a ', '*a', '!!int ', '\t', '---', '? ', '|', '%', '"'),
  );
  fc.assert(
    fc.property(fc.nat(everyKey.length), fc.nat(40), fragment, (start, length, inserted) => {
      const text = everyKey.slice(0, start) + inserted + everyKey.slice(start + length);
      for (const mistake of mistakesIn(text)) {
        const [, line] = /^poolkeeper\.yml:(\d+):\d+ ./.exec(mistake) ?? [];
        expect(Number(line), mistake).toBeGreaterThan(0);
        expect(Number(line), mistake).toBeLessThanOrEqual(lines + inserted.split('\n').length);
      }
    }),
    { numRuns: runs(150) },
  );
});

test('a sender that is limited to an unknown pool is named', () => {
  const [mistake] = mistakesIn(
    everyKey.replace('prom-a: { pools: [train-a] }', 'prom-a: { pools: [train-x] }'),
  );
  expect(mistake).toContain('senders.prom-a.pools[0]: there is no pool "train-x": did you mean "train-a"?');
});
