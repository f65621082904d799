import type { Chance } from '#local/rehearsal/engine/chance';
import { alertOf, happening } from '../inputs/limits-inputs.ts';
import type { AlertEpisode, Input } from '../scenario.ts';
import { approvals, type Corner, MINUTE_MS, poolOf, RESET, rulesText, START_MS, STEADY } from './corner.ts';

const MIGRATE = '{ migrate-nodes: { toPoolName: spare, resourceSpec: { flavor: same } } }';
const OPEN = '{ update-nodes: { action: openHaRedundant } }';
const TAG = '{ update-nodes: { action: createTags, tags: [ { key: Down, value: "yes" } ] } }';

const LADDERS: readonly string[] = [
  `[ ${OPEN}, ${MIGRATE} ]`,
  `[ ${TAG}, ${MIGRATE}, { notify: {} } ]`,
  `[ ${MIGRATE} ]`,
  `[ ${TAG}, ${TAG} ]`,
  `[ ${OPEN}, ${RESET}, { notify: { severity: critical } } ]`,
];

const STEPS: readonly string[] = [
  '[ { update-nodes: { action: closeHaRedundant } }, { notify: {} } ]',
  '[ { update-nodes: { action: closeHaRedundant }, mode: approve }, { notify: {}, mode: observe } ]',
  '[ { update-nodes: { action: deleteTags, tags: [ { key: Down, value: "yes" } ] } } ]',
  `[ ${RESET.replace(/ }$/, ', mode: approve }')}, { update-nodes: { action: closeHaRedundant } } ]`,
];

/** Alerts that resolve and fire again, about nodes that have left meanwhile, under rules that are changed and taken away. */
export const undoing: Corner = (chance) => {
  const pool = poolOf('train-a', 4);
  const names = [...pool.nodes.keys()];
  const lastsMs = 34 * MINUTE_MS;
  const inputs = [1, 2, 3, 4].flatMap((index) => flapping(chance, `alert-${index}`, names));
  for (let index = 1; index <= 2; index += 1) {
    const id = `rules-${index}`;
    const atMs = START_MS + chance.between(1, 20 * 60, `${id}/at`) * 1000;
    inputs.push({ kind: 'rules', id, atMs, text: text(chance, id) });
  }
  return {
    lastsMs,
    pools: [pool, poolOf('spare', 1)],
    rulesText: text(chance, 'first'),
    often: { ...STEADY, 'node-fails': 3, 'shows-never': 2, 'shows-late': 2, 'no-quota': 3, throttled: 3 },
    jobSeconds: [20, 80],
    inputs: [...inputs, ...approvals(chance, 4, 25 * MINUTE_MS)],
  };
};

/** The rules under one name: as they are first, or later with another ladder, mode or pool, or without one of them. */
function text(chance: Chance, key: string): string {
  const kept = ['LinkDown', 'CardLost'].filter(
    (name) => key === 'first' || chance.happens(0.75, `${key}/${name}`),
  );
  return rulesText(
    kept.flatMap((name) => {
      const own = `${key}/${name}`;
      const hasSteps = chance.happens(0.8, `${own}/has-steps`);
      return [
        `  - name: ${name.toLowerCase()}`,
        `    when: { source: alertmanager, labels: { alertname: ${name} } }`,
        '    node: { from: labels.instance }',
        `    pool: ${chance.pick(['train-a', '{ from: labels.pool, of: [train-a] }', '{ from: labels.pool, of: [spare] }'], `${own}/pool`)}`,
        `    mode: ${chance.pick(['act', 'act', 'act', 'observe', 'approve'], `${own}/mode`)}`,
        '    cooldown: 0s',
        '    maxEvidenceAge: 20m',
        `    ladder: ${chance.pick(LADDERS, `${own}/ladder`)}`,
        ...(hasSteps ? [`    onResolved: ${chance.pick(STEPS, `${own}/steps`)}`] : []),
      ];
    }),
  );
}

/** The same alert again and again: it fires for a while, is over, and begins anew. */
function flapping(chance: Chance, key: string, names: readonly string[]): Input[] {
  const node = chance.pick(names, `${key}/node`);
  const alertname = chance.pick(['LinkDown', 'LinkDown', 'CardLost'], `${key}/name`);
  let atMs = START_MS + chance.between(0, 5 * 60, `${key}/at`) * 1000;
  return Array.from({ length: chance.between(1, 3, `${key}/times`) }, (_, turn): Input[] => {
    const own = `${key}-${turn + 1}`;
    const forMs = chance.pick([20_000, 2 * MINUTE_MS, 5 * MINUTE_MS], `${own}/for`);
    const episode: AlertEpisode = alertOf(chance, own, node, atMs, {
      alertname,
      fingerprint: `fp-${key}`,
      repeatMs: 60_000,
      deliveries: 6,
      resolves: { atMs: atMs + forMs },
    });
    const breaks = happening(
      `${own}-break`,
      node,
      atMs - 2_000,
      chance.pick(['breaks', 'recovers'], `${own}/how`),
    );
    atMs += forMs + chance.pick([30_000, 3 * MINUTE_MS], `${own}/pause`);
    return [breaks, episode];
  }).flat();
}
