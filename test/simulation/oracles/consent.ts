import type { Run } from '../run.ts';
import { clock, destructiveRequests, limitsOf, membersOf, rulesOf } from './destructive.ts';
import type { Finding } from './oracles.ts';

const CAUTION = ['act', 'approve', 'observe'];

/** Nothing is called for what is only observed, and nothing that waits for an approval without one of exactly this plan. */
export function* consented(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const { remediation, targets } of membersOf(run, request)) {
      if (!remediation) continue;
      const input = run.correspondence.commanded.find(
        ({ id, input: { body } }) =>
          id === remediation.id && JSON.stringify(body['nodes']) === JSON.stringify(remediation.nodes),
      )?.input;
      const said = String(input?.body['mode'] ?? remediation.mode);
      const ruled = String(limitsOf({ rules: rulesOf(run, request) }, remediation).mode ?? said);
      const mode = CAUTION[Math.max(CAUTION.indexOf(said), CAUTION.indexOf(ruled))];
      if (mode === 'act') continue;
      const where = `request ${request.number} at ${clock(request.sentAtMs)}`;
      if (mode === 'observe') {
        yield {
          what: `${where} was sent for ${remediation.id}, which is only observed`,
          atMs: request.sentAtMs,
        };
        continue;
      }
      const approvals = run.correspondence.decided.filter(
        ({ remediation: id, input: { decision }, atMs }) =>
          id === remediation.id && decision === 'approve' && atMs < request.sentAtMs,
      );
      const isApproved = approvals.some(({ plan }) => {
        const { nodeNames = [], migrateNodeNames = [], ...rest } = plan?.request ?? {};
        const { nodeNames: _sent, migrateNodeNames: _moved, ...terms } = request.body;
        const planned = [...nodeNames, ...migrateNodeNames];
        return (
          targets.every((node) => planned.includes(node)) &&
          planned.length === targets.length &&
          JSON.stringify(rest) === JSON.stringify(terms)
        );
      });
      if (!isApproved)
        yield {
          what: `${where} was sent for ${remediation.id} without an approval of this plan`,
          atMs: request.sentAtMs,
        };
    }
  }
}
