import type { Call } from '#lib/ledger/call';
import type { Phase } from '#lib/ledger/phase';
import { inPhase, type Remediation } from '#lib/ledger/remediation';
import type { NodeOutcome, RemediationFields } from '#lib/ledger/remediation-fields';
import type { InPhase } from '#lib/remediation/lifecycle/transitions';
import { parseRules } from '#lib/rules/parse/parse';

export const NOW = Date.UTC(2026, 10, 20, 10);
export const AT = new Date(NOW).toISOString();
export const LATER = new Date(NOW + 60_000).toISOString();

export const fields: RemediationFields = {
  id: 'r-1',
  action: 'reset-nodes',
  pool: 'pool-1',
  nodes: ['node-0'],
  parameters: {},
  mode: 'act',
  rule: 'lost',
  alerts: [{ fingerprint: 'a', startsAt: AT }],
  contentHash: '',
  createdAt: AT,
  updatedAt: AT,
  outcomes: {},
  receiptChain: { count: 0 },
};

const needed: { [P in Phase]?: Partial<RemediationFields> } = {
  waiting: { deferrals: 1, deferredUntil: AT },
  planned: { plan: { hash: 'plan-1', at: AT, request: {} } },
  calling: { callId: 'call-1', intendedAt: AT },
  running: { callId: 'call-1' },
  verifying: { callId: 'call-1' },
  'rung-failed': { ladder: { root: 'r-1', rung: 0, failedAt: AT } },
};

/** A remediation in a phase. */
export function at<P extends Phase>(phase: P, more: Partial<RemediationFields> = {}): InPhase<P> {
  return inPhase({ ...fields, ...needed[phase], ...more }, phase) as InPhase<P>;
}

/** The outcomes of node-0, node-1 and so on. */
export function outcomes(...all: (NodeOutcome['state'] | NodeOutcome)[]): Remediation['outcomes'] {
  return Object.fromEntries(
    all.map((one, index) => [`node-${index}`, typeof one === 'string' ? { state: one } : one]),
  );
}

export const call: Call = {
  id: 'call-1',
  action: 'reset-nodes',
  pool: 'pool-1',
  state: 'accepted',
  request: { nodeNames: ['node-0'] },
  members: [{ remediation: 'r-1', targets: ['node-0'] }],
  createdAt: AT,
  deadline: LATER,
  looks: 0,
};

/** Rules with a ladder of one rung. `withoutRules`: the same pool after the rule was removed. */
export const [rules, withoutRules] = ['lost', 'other'].map((name) =>
  parseRules(
    `pools: { train-a: { id: pool-1 } }
rules:
  - name: ${name}
    when: { source: alertmanager, labels: { alertname: Lost } }
    node: { from: labels.instance }
    pool: train-a
    mode: act
    ladder: [ { reset-nodes: {} } ]
`,
    'rules.yml',
  ),
) as [ReturnType<typeof parseRules>, ReturnType<typeof parseRules>];
