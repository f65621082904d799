import type { Run } from '../../run.ts';
import type { CommandInput } from '../../scenario/scenario.ts';
import {
  asRecorded,
  clock,
  destructiveRequests,
  limitsOf,
  membersOf,
  rulesOf,
} from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

const CAUTION = ['act', 'approve', 'observe'];

/** Nothing is called for what is only observed, and nothing that waits for an approval without one of exactly this plan. */
export function* consented(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const { remediation, targets } of membersOf(run, request)) {
      if (!remediation) continue;
      const said = String(sentAs(run, remediation)?.['mode'] ?? remediation.mode);
      const ruled = String(limitsOf({ rules: rulesOf(run, request) }, remediation).mode ?? said);
      const { rules: known } = rulesOf(run, request);
      // A remediation of a rule is only observed once the rule is gone.
      const isOrphan = remediation.alerts.length > 0 && !known.some(({ name }) => name === remediation.rule);
      if (isOrphan)
        yield {
          what: `request ${request.number} at ${clock(request.sentAtMs)} was sent for ${remediation.id}, whose rule ${remediation.rule} was gone`,
          atMs: request.sentAtMs,
        };
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
        const { nodeNames: _sent, migrateNodeNames: _moved, ...terms } = asRecorded(request);
        // An acceptance names an event, which is about one node.
        const planned = request.eventId === undefined ? [...nodeNames, ...migrateNodeNames] : targets;
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

/** The command that was sent as a remediation. If several commands have one id, all but one are refused: they ask for something else. */
export function sentAs(
  run: Run,
  { id, nodes, nodePool, mode, parameters }: any,
): CommandInput['body'] | undefined {
  const bodies = run.correspondence.commanded
    .filter((sent) => sent.id === id)
    .map(({ input }) => input.body)
    .filter((body) => isSame(body['nodes'], nodes) && isSame(body['nodePool'], nodePool))
    .filter((body) => hasParameters(parameters, body['parameters']));
  return bodies.find((body) => body['mode'] === mode) ?? bodies[0];
}

function hasParameters(parameters: any, sent: any): boolean {
  return Object.entries(sent ?? {}).every(
    ([field, value]) => typeof value === 'object' || parameters[field] === value,
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
