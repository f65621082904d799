import { expect, test } from 'vitest';
import { createFrontDoor } from '#test/alerts/events/front-door';
import { nodeName, POOL } from '#test/remediation/bench';
import { diesOverSteps } from './dies-over-steps.ts';

const NODE = nodeName(1);
const TAG = 'tags: [ { key: Down, value: "yes" } ]';
const RULES = `
pools:
  train-a: { id: ${POOL}, budget: { maxUnavailable: 100%, perDay: 100% } }
rules:
  - name: cloudevents
    when: { source: cloudevents }
    node: { from: labels.node }
    pool: train-a
    mode: act
    ladder: [ { update-nodes: { action: createTags, ${TAG} } } ]
    onResolved: [ { update-nodes: { action: deleteTags, ${TAG} } } ]
`;

const eventThat = (status: 'firing' | 'resolved') => ({
  specversion: '1.0',
  id: `event-${status}`,
  source: 'https://npu-watch.example.com',
  type: `io.poolkeeper.alert.${status}`,
  data: { node: NODE, labels: { alertname: 'NpuLost' } },
});

test('a resolution without any time, sent again after a process died over it, undoes what was done', async () => {
  const front = createFrontDoor(RULES);
  const { bench } = front;
  const deliver = (status: 'firing' | 'resolved') =>
    front.deliver('cloudevents', eventThat(status), { 'content-type': 'application/cloudevents+json' });
  expect(await deliver('firing')).toMatchObject({ status: 202 });
  await bench.advance(120_000);
  diesOverSteps(bench.store);
  expect(await deliver('resolved')).toMatchObject({ status: 503 });
  await bench.advance(60_000);
  expect(await deliver('resolved')).toMatchObject({ status: 202 });
  await bench.advance(120_000);
  expect(bench.bodies('batchUpdateNodes').map(({ action }) => action)).toEqual(['createTags', 'deleteTags']);
});
