import { expect, test } from 'vitest';
import { readHuaweiAlarms } from '#lib/alerts/sources/huawei-alarm';
import { startSimulator } from '#local/simulator/simulator';
import { createCloudEye } from '#local/smn/cloud-eye';
import { TOPIC } from './samples.ts';

async function watched() {
  const simulator = await startSimulator({ nodes: 3 });
  const published: Record<string, unknown>[] = [];
  const service = { takes: true };
  const cloudEye = createCloudEye({
    state: () => simulator.control.state(),
    topic: () => TOPIC,
    now: () => Date.parse('2026-11-20T10:00:00Z'),
    newId: () => `id-${published.length}`,
    publish(message) {
      published.push(message);
      return Promise.resolve(service.takes);
    },
  });
  const [node] = simulator.control.state().pools[0]!.nodes;
  const alerts = () =>
    published.flatMap(
      ({ message, timestamp }) => readHuaweiAlarms(String(message), { sentAt: String(timestamp) }).alerts,
    );
  return { simulator, cloudEye, service, published, alerts, node: node! };
}

test('a node that breaks raises its alarm once, and ends it when it is well', async () => {
  const { simulator, cloudEye, node, alerts } = await watched();
  await using _ = { [Symbol.asyncDispose]: () => simulator.close() };
  simulator.control.change({ raisesAlarms: true });
  await cloudEye.look();
  expect(alerts()).toEqual([]);
  simulator.control.changeNode(node.name, { phase: 'Abnormal' });
  await cloudEye.look();
  await cloudEye.look();
  simulator.control.changeNode(node.name, { phase: 'Available' });
  await cloudEye.look();
  await cloudEye.look();
  const [fired, ended] = alerts();
  expect(alerts()).toHaveLength(2);
  expect(fired).toMatchObject({
    status: 'firing',
    event: 'NPUSMICardNotFound',
    labels: { private_ip: node.privateIp, resource_name: node.name },
  });
  expect(ended).toMatchObject({ status: 'resolved', fingerprint: fired!.fingerprint });
});

test('an alarm that is not taken is raised again', async () => {
  const { simulator, cloudEye, service, node, published } = await watched();
  await using _ = { [Symbol.asyncDispose]: () => simulator.close() };
  simulator.control.change({ raisesAlarms: true });
  simulator.control.changeNode(node.name, { phase: 'Abnormal' });
  service.takes = false;
  await cloudEye.look();
  service.takes = true;
  await cloudEye.look();
  await cloudEye.look();
  expect(published).toHaveLength(2);
});

test('nothing is raised before a request for it', async () => {
  const { simulator, cloudEye, node, published } = await watched();
  await using _ = { [Symbol.asyncDispose]: () => simulator.close() };
  simulator.control.changeNode(node.name, { phase: 'Abnormal' });
  await cloudEye.look();
  expect(published).toEqual([]);
});
