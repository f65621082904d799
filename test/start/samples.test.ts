import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AlertmanagerNotification } from '#events/alertmanager';
import { Command } from '#events/command';
import { startSimulator } from '#local/simulator/simulator';
import { NODES_PER_POOL } from '#local/start/start-simulator';
import { asOfNow, identified, namesInFiringAlerts, readPayload } from '#local/story/payload';

const folder = path.resolve(import.meta.dirname, '../../events');
const files = (await readdir(folder)).filter((file) => /^(alert|command)-.*\.json$/.test(file));
const payloadOf = (file: string) => readPayload(path.join(folder, file));

const allNodes = await (async () => {
  await using simulator = await startSimulator({ nodes: NODES_PER_POOL });
  return simulator.control.state().pools.flatMap(({ nodes }) => nodes);
})();

it.each(files)('%s is what its receiver takes', async (file) => {
  const { kind, body } = await payloadOf(file);
  if (kind === 'alertmanager') AlertmanagerNotification.parse(body);
  else Command.parse(body);
  expect(kind).toBe(file.startsWith('alert-') ? 'alertmanager' : 'command');
});

it('every node of a sample is one of the simulator, but for those that are unknown on purpose', async () => {
  const known = new Set(allNodes.flatMap(({ name, privateIp }) => [name, privateIp]));
  for (const file of files) {
    const { body } = await payloadOf(file);
    const named = [...new Set(JSON.stringify(body).match(/os-node-created-\w+|10\.\d+\.\d+\.\d+/g) ?? [])];
    expect([file, named.filter((name) => !known.has(name))]).toEqual([
      file,
      file === 'alert-unknown-node.json' ? named : [],
    ]);
  }
});

describe('a payload', () => {
  it('as of now: what fires has just begun, what has resolved stays as it was', async () => {
    const payload = await payloadOf('alert-group.json');
    const now = Date.parse('2027-01-02T03:04:05.678Z');
    const fresh = AlertmanagerNotification.parse(asOfNow(payload, now).body);
    const before = AlertmanagerNotification.parse(payload.body);
    expect(fresh.alerts.map(({ startsAt }) => startsAt)).toEqual([
      ...Array(3).fill('2027-01-02T03:04:05.678Z'),
      before.alerts[3]!.startsAt,
    ]);
    expect(fresh.alerts.map(({ fingerprint }) => fingerprint)).toEqual(
      before.alerts.map(({ fingerprint }) => fingerprint),
    );
  });

  it('names the nodes of the alerts that fire, an address without its port', async () => {
    const byAddress = namesInFiringAlerts(await payloadOf('alert-by-address.json'));
    expect(allNodes.filter(({ privateIp }) => byAddress.has(privateIp))).toHaveLength(1);
    const group = namesInFiringAlerts(await payloadOf('alert-group.json'));
    expect(allNodes.filter(({ name }) => group.has(name))).toHaveLength(3);
    expect(namesInFiringAlerts(await payloadOf('alert-resolved.json'))).toEqual(new Set());
  });

  it('of a command: keeps its id, gets one if it has none, and is refused field by field', async () => {
    const { body } = await payloadOf('command-reset-nodes.json');
    expect(identified({ ...body, id: 'mine' }).id).toBe('mine');
    expect(identified(body).id).toMatch(/^sent-[0-9a-f-]{36}$/);
    expect(() => identified({ ...body, nodes: [], pool: 1 })).toThrow(
      /^The command is not as it must be:\n {2}pool: .*\n {2}nodes: .*$/,
    );
  });
});
