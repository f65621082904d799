import { parseRules } from '#lib/rules/parse/parse';
import type { Rules } from '#lib/rules/rules';

/** The pool of the simulator. */
export const pool = 'train-a';

/**
 * The rules of the benchmarks: those of an ordinary system, with budgets that let every command go on, so that each event has all of its
 * work.
 *
 * @param more rules that match nothing, before the one that matches
 */
export function benchRules(more = 0): Rules {
  const others = Array.from(
    { length: more },
    (_, index) => `
  - name: other-${index}
    when: { source: alertmanager, labels: { alertname: OTHER_${index}, severity: critical } }
    node: { from: labels.instance }
    pool: ${pool}
    mode: observe
    ladder: [ { reset-nodes: {} } ]`,
  ).join('');
  const text = `
pools:
  ${pool}:
    id: pool-9d3f-6f5da086876d4cd084d36f8bd3346036
    budget: { maxUnavailable: 100%, perDay: 100% }
    storm: { nodes: 1000, within: 10m }
  quarantine: { id: pool-77aa-6f5da086876d4cd084d36f8bd3346036 }
rules:${others}
  - name: npu-card-lost
    when: { source: alertmanager, labels: { alertname: NT_NPU_CARD_LOSE } }
    node: { from: labels.instance }
    pool: ${pool}
    mode: act
    cooldown: 6h
    ladder:
      - reset-nodes: {}
        verify: { healthyFor: 2m, within: 45m }
polling: { first: 90s, every: 30s }
`;
  return parseRules(text, 'bench.yml');
}
