import type { Verify } from './verification.ts';

/** The label that shows whether HA redundancy is on (docs/modelarts-api.md, 2.3). */
const LABEL = 'os.modelarts.node/ha.redundant.enabled';

/** HA redundancy is believed when the node's label shows it; a node without the label has it off. */
export const verifyRedundancy: Verify = ({ nodes }, { target, call, verify, sinceMs, deadlineMs }, now) => {
  const wanted = String(call.request['action'] === 'openHaRedundant');
  const node = nodes.find(({ name }) => name === target);
  if (!node) return { state: 'failed', why: 'the pool does not have the node any more' };
  const shown = node.labels[LABEL] ?? 'false';
  const why = `the label ${LABEL} is ${shown}`;
  if (shown === wanted) return { state: 'succeeded', why };
  const endMs = verify ? Math.min(sinceMs + verify.withinMs, deadlineMs) : deadlineMs;
  return now < endMs
    ? { state: 'verifying', why }
    : { state: 'failed', why: `${why}; it was to be ${wanted}` };
};
