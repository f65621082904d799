import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { AlertmanagerBody } from '#events/alertmanager';
import { Command } from '#events/command';
import { ScheduledEvent, ScheduleFiring } from '#events/schedule';
import { SmnMessage } from '#events/smn';
import { TagPolicyMessage } from '#events/tag-policy';
import { readAlertmanager } from '#lib/alerts/sources/alertmanager';
import { consolePage } from '#local/client/console-page';
import { createScreen } from '#local/screen/screen';
import { byHand } from '#local/send/by-hand';
import { eventSchemas } from '#local/send/event-sample';
import {
  asOfNow,
  checkBeforeSending,
  describeAlert,
  namesInFiringAlerts,
  readPayload,
} from '#local/send/payload';
import { presentName, sampleList, samples } from '#local/send/samples';
import { asSent, SmnSample } from '#local/send/smn-sample';
import { startSimulator } from '#local/simulator/simulator';
import { serverIdOf } from '#local/simulator/world/server-id';
import { issueCertificate } from '#local/smn/certificate';
import { signAs } from '#local/smn/sign-message';
import { suggestTrials } from '#local/start/greeting';
import { NODES_PER_POOL } from '#local/start/start-simulator';
import rules from '#test/bundled-rules';

const folder = path.resolve(import.meta.dirname, '../../events');
const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.json'));
const receivers = {
  alertmanager: { schema: AlertmanagerBody, files: /^alerts\// },
  smn: { schema: SmnSample, files: /^smn\// },
  cloudevents: { schema: eventSchemas.cloudevents, files: /^cloudevents\// },
  kubernetes: { schema: eventSchemas.kubernetes, files: /^kubernetes\// },
  'aws-event': { schema: eventSchemas['aws-event'], files: /^eventbridge\// },
  command: { schema: Command, files: /^commands\// },
  'queued-command': { schema: Command, files: /^queue\// },
  'tag-policy': { schema: TagPolicyMessage, files: /^tag-policies\// },
  'schedule-firing': { schema: ScheduleFiring, files: /^schedules\// },
  'scheduled-event': { schema: ScheduledEvent, files: /^schedules\// },
};
const payloadOf = (file: string) => readPayload(path.join(folder, file));

const allNodes = await (async () => {
  await using simulator = await startSimulator({ nodes: NODES_PER_POOL });
  return simulator.control.state().pools.flatMap(({ nodes }) => nodes);
})();

it.each(files)('%s is what its receiver takes', async (file) => {
  const { kind, body } = await payloadOf(file);
  expect(receivers[kind].schema.safeParse(body).error).toBeUndefined();
  expect(file).toMatch(receivers[kind].files);
});

const namesIn = async (file: string) => namesInFiringAlerts(await payloadOf(`smn/${file}`));

describe('the samples of SMN', async () => {
  const own = files.filter((file) => file.startsWith('smn/'));
  const { key } = issueCertificate({ name: 'localhost', from: 0, until: Date.UTC(2100, 0) });
  const signer = {
    host: 'localhost:8443',
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };

  it.each(own)('%s is a message of a topic that the sample rules file allows', async (file) => {
    const payload = asOfNow(await payloadOf(file), Date.parse('2027-01-02T03:04:05.678Z'));
    const message = SmnMessage.parse(signAs(signer, asSent(SmnSample.parse(payload.body))));
    expect(rules.sources?.smn?.topics).toContain(message.topic_urn);
    expect(message.timestamp).toBe('2027-01-02T03:04:05.678Z');
    if (message.type !== 'Notification')
      expect(message.subscribe_url).toMatch(/^https:\/\/localhost:8443\/smn\//);
  });

  it('name the nodes of alarms that fire, and have the ids of their servers', async () => {
    const event = await namesIn('cloud-eye-event.json');
    const [node] = allNodes.filter(({ privateIp }) => event.has(privateIp));
    expect(event).toContain(serverIdOf(node?.name ?? ''));
    const alarm = await namesIn('cloud-eye-alarm.json');
    expect(allNodes.some(({ name, privateIp }) => alarm.has(privateIp) && alarm.has(serverIdOf(name)))).toBe(
      true,
    );
    expect(await namesIn('cloud-eye-ok.json')).toEqual(new Set());
    expect(await namesIn('cloud-eye-group.json')).toContain('os-node-created-kbggm');
    expect(await namesIn('aom-template.json')).toContain('10.0.0.39');
    const events = await namesIn('aom-events.json');
    expect([events.has('10.0.0.37'), events.has('10.0.0.38')]).toEqual([true, false]);
    expect(await namesIn('cloud-eye-template.json')).toEqual(new Set());
  });
});

describe('the samples of events', () => {
  it.each([
    ['cloudevents/npu-lost.json', 'd7lhm'],
    ['cloudevents/npu-lost-resolved.json', undefined],
    ['cloudevents/batch.json', 'lrkx5'],
    ['kubernetes/device-fault.json', 'pgsp2'],
    ['kubernetes/device-recovery.json', undefined],
    ['kubernetes/node-condition.json', 'rf4xx'],
    ['eventbridge/cloudwatch-alarm.json', '8wxbj'],
    ['eventbridge/cloudwatch-ok.json', undefined],
    ['eventbridge/cloudwatch-no-data.json', undefined],
    ['eventbridge/own-event.json', 'qcdts'],
  ])('%s names the node that fires', async (file, node) => {
    const names = namesInFiringAlerts(await payloadOf(file));
    const found = allNodes.filter(({ name, privateIp }) => names.has(name) || names.has(privateIp));
    if (node === undefined) expect(found).toEqual([]);
    else expect(found.map(({ name }) => name)).toContain(`os-node-created-${node}`);
  });

  it('have an id and a time of their own whenever they are sent', async () => {
    const now = Date.parse('2027-01-02T03:04:05.678Z');
    for (const file of files.filter((name) => /^(cloudevents|kubernetes|eventbridge)\//.test(name))) {
      const payload = await payloadOf(file);
      const [first, second] = [asOfNow(payload, now), asOfNow(payload, now)].map(({ body }) =>
        JSON.stringify(body),
      );
      expect([file, first === second]).toEqual([file, /alarmData/.test(first ?? '')]);
      expect(first).toContain('2027-01-02T03:04:05.678Z');
      expect(first).not.toMatch(/"(?:time|eventTime|lastTimestamp|StateChangeTime)":"2026/);
    }
  });
});

it('the samples of schedules match the sample rules file', async () => {
  for (const file of ['schedules/shrink-at-night.json', 'schedules/image-of-the-month.json']) {
    const { schedule } = ScheduleFiring.parse((await payloadOf(file)).body);
    expect(rules.schedules.map(({ name }) => name)).toContain(schedule);
  }
  const pools = rules.pools.flatMap(({ name, id }) => [name, id]);
  for (const file of files.filter((name) => /^(commands|queue|tag-policies)\//.test(name))) {
    const { pool, scope } = (await payloadOf(file)).body as { pool?: string; scope?: { pool: string } };
    expect(pools).toContain(pool ?? scope?.pool);
  }
});

it('the menu at the start has five lines, and the list has every sample, each in 80 columns', () => {
  const stream = new PassThrough();
  suggestTrials(createScreen(stream));
  const lines = String(stream.read()).split('\n');
  const offered = lines.filter((line) => line.includes('npm run send -- '));
  expect(offered).toHaveLength(5);
  expect(offered.join('\n')).toMatch(/--list.*\n.*--heal/);
  const named = offered.flatMap((line) => /events\/(\S+)/.exec(line)?.[1] ?? []);
  expect(named.filter((file) => !files.includes(file))).toEqual([]);
  const listed = sampleList();
  expect([...lines, ...listed.split('\n')].filter((line) => line.length > 80)).toEqual([]);
  expect([...listed.matchAll(/events\/(\S+)/g)].map(([, file]) => file).toSorted()).toEqual(files.toSorted());
});

it('a secret from the environment is in no command and no address', () => {
  const target = {
    url: 'http://127.0.0.1:3000',
    webhookToken: 'another-secret-of-the-user',
    webhookTokenVariable: 'POOLKEEPER_WEBHOOK_TOKEN',
    consoleToken: 'a-secret-of-the-user',
    consoleTokenVariable: 'POOLKEEPER_CONSOLE_TOKEN',
    simulatorUrl: 'http://127.0.0.1:40000',
  };
  expect(byHand(target, 'events/alerts/by-address.json')).not.toContain('secret-of-the-user');
  const secret = { value: 'a-secret-of-the-user', variable: 'POOLKEEPER_CONSOLE_TOKEN' };
  expect(consolePage(target.url, secret, '/remediations/r1')).toBe('http://127.0.0.1:3000/#/remediations/r1');
});

it('the address of a page hands over the token of this run, and the view', () => {
  const token = { value: 'made-for-this-run' };
  expect(consolePage('http://127.0.0.1:3000', token)).toBe('http://127.0.0.1:3000/#token=made-for-this-run');
  expect(consolePage('http://127.0.0.1:3000', token, '/remediations/r 1')).toBe(
    'http://127.0.0.1:3000/#token=made-for-this-run&to=/remediations/r%201',
  );
});

it('every node of a sample is one of the simulator, but for those that are unknown on purpose', async () => {
  const known = new Set(allNodes.flatMap(({ name, privateIp }) => [name, privateIp]));
  for (const file of files) {
    const { body } = await payloadOf(file);
    const named = [...new Set(JSON.stringify(body).match(/os-node-created-\w+|10\.\d+\.\d+\.\d+/g) ?? [])];
    expect([file, named.filter((name) => !known.has(name))]).toEqual([
      file,
      file === 'alerts/unknown-node.json' ? named : [],
    ]);
  }
});

it('a sample has its earlier name, too', () => {
  const named = samples.flatMap((group) => group.files.map(({ file }) => file));
  const former = ['alert-group', 'command-reset-nodes', 'queue-reset-nodes', 'schedule-tag-policies'];
  for (const name of [...former, 'tag-policy-withdrawn'])
    expect(named, name).toContain(`${presentName(name)}.json`);
  for (const name of named) expect(presentName(name)).toBe(name);
});

describe('a payload', () => {
  it('as of now: what fires has just begun, what has resolved stays as it was', async () => {
    const payload = await payloadOf('alerts/group.json');
    const now = Date.parse('2027-01-02T03:04:05.678Z');
    const fresh = readAlertmanager(AlertmanagerBody.parse(asOfNow(payload, now).body), now);
    const before = readAlertmanager(AlertmanagerBody.parse(payload.body), now);
    expect(fresh.alerts.map(({ startsAt }) => startsAt)).toEqual([
      ...Array(3).fill('2027-01-02T03:04:05.678Z'),
      before.alerts[3]!.startsAt,
    ]);
    expect(fresh.alerts.map(({ fingerprint }) => fingerprint)).toEqual(
      before.alerts.map(({ fingerprint }) => fingerprint),
    );
  });

  it('as of now: what Prometheus posts fires for four minutes, or has just resolved', async () => {
    const payload = await payloadOf('alerts/posted.json');
    const now = Date.parse('2027-01-02T03:04:05.678Z');
    const { alerts } = readAlertmanager(AlertmanagerBody.parse(asOfNow(payload, now).body), now);
    expect(alerts).toMatchObject([
      { status: 'firing', startsAt: '2027-01-02T03:04:05.678Z', endsAt: '2027-01-02T03:08:05.678Z' },
      { status: 'resolved', endsAt: '2027-01-02T03:04:05.678Z' },
    ]);
    expect([...namesInFiringAlerts(payload)]).toContain('os-node-created-b847z');
    expect([...namesInFiringAlerts(payload)]).not.toContain('os-node-created-zzj8w');
    if (payload.kind !== 'alertmanager') expect.fail();
    expect(describeAlert(payload, alerts[1]!.fingerprint)).toBe('NT_NPU_CARD_LOSE os-node-created-zzj8w');
    expect(describeAlert(payload, 'unknown')).toBe('unknown');
  });

  it('names the nodes of the alerts that fire, an address without its port', async () => {
    const byAddress = namesInFiringAlerts(await payloadOf('alerts/by-address.json'));
    expect(allNodes.filter(({ privateIp }) => byAddress.has(privateIp))).toHaveLength(1);
    const group = namesInFiringAlerts(await payloadOf('alerts/group.json'));
    expect(allNodes.filter(({ name }) => group.has(name))).toHaveLength(3);
    expect(namesInFiringAlerts(await payloadOf('alerts/resolved.json'))).toEqual(new Set());
  });

  it.each([
    ['commands/reset-nodes.json', 'evidenceAt'],
    ['schedules/shrink-at-night.json', 'scheduledAt'],
    ['schedules/tag-policies.json', 'time'],
  ])('as of now: %s has its %s now, and what gives no time gets none', async (file, key) => {
    const payload = await payloadOf(file);
    const now = Date.parse('2027-01-02T03:04:05.678Z');
    const expected: unknown = Object.assign({}, payload.body, { [key]: '2027-01-02T03:04:05.678Z' });
    expect(asOfNow(payload, now).body).toEqual(expected);
    const timeless = await payloadOf('commands/update-nodes.json');
    expect(asOfNow(timeless, now)).toEqual(timeless);
  });

  it('that would get no answer is refused field by field', async () => {
    const policy = await payloadOf('tag-policies/organization.json');
    if (policy.kind !== 'tag-policy') expect.fail();
    checkBeforeSending(policy);
    expect(() =>
      checkBeforeSending({ ...policy, body: { ...policy.body, mode: 'enforce', scope: {} } }),
    ).toThrow(/^The tag policy is wrong:\n {2}scope\.pool: .*\n {2}mode: .*$/);
  });
});
