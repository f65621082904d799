import { printable } from '#lib/printable';

/** A pool for the rules file: a name of the user's own, and its id. `about`: what the API shows of it. */
export type NamedPool = { name: string; id: string; about?: string };

/** The text of a first rules file. It only observes: nothing in it makes a call. */
export function rulesText(pools: readonly NamedPool[]): string {
  const [first] = pools;
  const ofPools = pools.map(
    ({ name, id, about }) => `${about === undefined ? '' : `  # ${printable(about)}\n`}  ${name}:
    id: ${id} # metadata.name in the details of the resource pool
    budget: { maxUnavailable: 5%, perDay: 20% } # of its nodes: out of service at once, and worked on in a day`,
  );
  const pool =
    pools.length === 1 && first ? first.name : '{ from: labels.pool } # the label that names the pool';
  return `# The rules of Poolkeeper. Its page docs/rules/reference.md describes every key; \`poolkeeper doctor\` checks this file.
#
# This file only observes: Poolkeeper records what it would do, and calls nothing. Watch it for some days with
# \`poolkeeper list --state observed\`. Then set \`mode: act\` for one rule.
pools:
${ofPools.join('\n')}

rules:
  - name: npu-faults
    # Which alerts: the source, and labels with globs (* and ?).
    when: { source: alertmanager, labels: { alertname: NT_NPU_* } }
    # The label with the node's name, or its private address, with or without a port.
    node: { from: labels.instance }
    pool: ${pool}
    # observe: record it. approve: wait for a person. act: do it.
    mode: observe
    # How long a node is left alone after a call.
    cooldown: 6h
    # What to do, step by step. If a step does not help, the next one follows, and at the end a person.
    ladder:
      - reset-nodes: {} # wipes the node
        verify: { healthyFor: 2m, within: 45m }

# Who gets a notice. Without one, no person hears of anything.
# notify:
#   - kind: webhook
#     url: https://hooks.example.com/poolkeeper
#     when: [failed, needs-human, awaiting-approval]
`;
}
