import type { Alert } from '#lib/alerts/decide';
import { parseRules } from '#lib/rules/parse/parse';

export const POOL_A = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';
export const POOL_B = 'pool-77aa-6f5da086876d4cd084d36f8bd3346036';

export const rules = parseRules(
  `
pools:
  train-a: { id: ${POOL_A} }
  train-b: { id: ${POOL_B} }
rules:
  - name: card-lost
    when: { source: alertmanager, labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {} } ]
  - name: card-shadowed
    when: { labels: { alertname: Card* } }
    node: { from: labels.instance }
    pool: train-b
    ladder: [ { reset-nodes: {} } ]
  - name: link-down
    when: { labels: { alertname: LinkDown } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {} } ]
  - name: by-label
    when: { labels: { alertname: ByLabel } }
    node: { from: annotations.node }
    pool: { from: labels.pool }
    mode: act
    ladder: [ { reset-nodes: { nodeConfig: {} } } ]
  - name: by-listed-label
    when: { labels: { alertname: ByListedLabel } }
    node: { from: labels.instance }
    pool: { from: labels.pool, of: [${POOL_A}] }
    mode: act
    ladder: [ { reset-nodes: {} } ]
  - name: told
    when: { labels: { alertname: Told } }
    node: { from: labels.instance }
    pool: train-a
    ladder: [ { notify: { severity: warning } } ]
`,
  'rules.yml',
);

export function alert({
  alertname = 'CardLost',
  ...more
}: Partial<Alert> & { alertname?: string } = {}): Alert {
  return {
    source: 'alertmanager',
    status: 'firing',
    annotations: {},
    fingerprint: 'f0a1',
    startsAt: '2026-11-20T09:59:30.000Z',
    ...more,
    labels: { alertname, instance: 'node-1', ...more.labels },
  };
}
