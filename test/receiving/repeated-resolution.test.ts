import { expect, test } from 'vitest';
import { createFrontDoor } from '#test/alerts/events/front-door';
import { nodeName, POOL } from '#test/remediation/bench';

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
  const getMany = bench.store.getMany.bind(bench.store);
  let deaths = 1;
  const dying: typeof getMany = async (keys) => {
    const found = await getMany(keys);
    const isOfSteps = found.length === 0 && keys.some(({ pk }) => pk.startsWith('remediation#'));
    if (isOfSteps && deaths-- > 0) throw new Error('the process dies');
    return found;
  };
  Object.assign(bench.store, { getMany: dying });
  expect(await deliver('resolved')).toMatchObject({ status: 503 });
  await bench.advance(60_000);
  expect(await deliver('resolved')).toMatchObject({ status: 202 });
  await bench.advance(120_000);
  expect(bench.bodies('batchUpdateNodes').map(({ action }) => action)).toEqual(['createTags', 'deleteTags']);
});
