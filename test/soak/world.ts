/** Eight hours in ten minutes. */
export const SPEED = 48;

export const POOL = 'pool-9d3f-6f5da086876d4cd084d36f8bd3346036';

export const RULES = `pools:
  train-a:
    id: ${POOL}
    budget: { maxUnavailable: 100%, perDay: 100% }
    storm: { nodes: 100% }
    breaker: { failures: 1000, pause: 1s }
rules:
  - name: card-lost
    when: { source: alertmanager, labels: { alertname: CardLost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    cooldown: 30s
    ladder:
      - reset-nodes: {}
`;
