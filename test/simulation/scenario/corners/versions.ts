import type { Chance } from '#local/rehearsal/engine/chance';
import type { WorldNode } from '../../world/pool.ts';
import { alertOf, commandOf, happening } from '../inputs/limits-inputs.ts';
import type { Input } from '../scenario.ts';
import { type Corner, MINUTE_MS, poolOf, RESET, ruleOf, rulesText, START_MS, STEADY } from './corner.ts';

/** Rules demand versions of driver, system and plugins, and nodes show the right ones, wrong ones, or none. */
export const versions: Corner = (chance) => {
  const pool = poolOf('train-a', 5, { changes: (index) => shownBy(chance, index) });
  const names = [...pool.nodes.keys()];
  const absent = chance.pick(['', ', absent: unknown', ', absent: well'], 'absent');
  const demands = chance.pick(
    [
      'driver: [24.1.*, 24.2.*]',
      'os: "Euler*"',
      'driver: 24.1.*, os: "Euler*", plugins: { npu: 7.* }',
      'plugins: { npu: 7.*, other: "*" }',
      'os: "*"',
    ],
    'demands',
  );
  const ofRule = chance.pick([[], ['healthy: { driver: 24.*, absent: unknown }']], 'of-rule');
  const inputs = names.flatMap((node, index): Input[] => {
    const key = `alert-${index + 1}`;
    const atMs = START_MS + chance.between(0, 8 * MINUTE_MS, `${key}/at`);
    if (chance.happens(0.3, `${key}/command`))
      return [commandOf(key, [node], atMs, { voice: chance.pick(['reset', 'migrate'], `${key}/voice`) })];
    return [
      happening(`${key}-break`, node, atMs - 5_000, 'breaks'),
      alertOf(chance, key, node, atMs, { alertname: 'CardLost', deliveries: 4, resolves: { with: 'node' } }),
    ];
  });
  const verify = chance.pick(
    [RESET, RESET.replace(/ }$/, ', verify: { healthyFor: 1m, within: 4m } }')],
    'verify',
  );
  return {
    lastsMs: 22 * MINUTE_MS,
    pools: [pool, poolOf('spare', 1, { changes: () => ({ driver: 'Running' }) })],
    rulesText: rulesText(ruleOf('CardLost', `[ ${verify} ]`, ofRule), {
      train: `, healthy: { ${demands}${absent} }`,
    }),
    often: {
      ...STEADY,
      'late-driver': 4,
      ...chance.pick<Record<string, number>>(
        [{}, { 'odd-sparse': 600 }, { 'odd-mistyped': 700 }, { 'odd-unknown-phase': 300 }],
        'odd',
      ),
    },
    jobSeconds: [20, 60],
    inputs,
  };
};

function shownBy(chance: Chance, index: number): Partial<WorldNode> {
  const driver = chance.pick(['24.1.5', '24.2.0', '23.0.1', undefined], `${index}/driver`);
  const os = chance.pick(['EulerOS 2.10', 'EulerOS 2.10', 'Ubuntu 22.04', undefined], `${index}/os`);
  const version = chance.pick(['7.1.0', '6.0.0', undefined], `${index}/plugin`);
  const hasPlugins = chance.happens(0.7, `${index}/plugins`);
  return {
    driver: 'Running',
    versions: {
      ...(driver && { driver }),
      ...(os && { os }),
      ...(hasPlugins && { plugins: [{ name: 'npu', ...(version && { version }) }] }),
    },
  };
}
