import { createBench, nodeName } from '#test/remediation/bench';
import { meteredStore } from './metered-store.ts';

/**
 * The remediation code in memory, with everything counted that it asks of the table.
 *
 * @param nodes the number of nodes in the pool, if not that of the bench
 */
export function meteredBench(nodes?: number) {
  const bench = createBench();
  const first = bench.nodes.get(nodeName(1));
  if (!first) throw new Error('The bench has no node');
  const wanted = nodes ?? bench.nodes.size;
  for (let index = bench.nodes.size + 1; index <= wanted; index += 1) {
    const name = nodeName(index);
    bench.nodes.set(name, { ...first, name, privateIp: `10.1.${index >> 8}.${index & 255}` });
  }
  for (const name of [...bench.nodes.keys()].slice(wanted)) bench.nodes.delete(name);
  const { store, meter } = meteredStore({ ...bench.store });
  Object.assign(bench.store, store);
  return { ...bench, meter };
}
