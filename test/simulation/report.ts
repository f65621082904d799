import type { Result, TraceLine } from './run.ts';
import type { Scenario } from './scenario/scenario.ts';

/** A run in lines for a person: what went wrong, what happened, and which promise was broken. */
export function describe(scenario: Scenario, result: Result): string {
  const lines = result.trace.map(line);
  const mishaps = [...result.mishaps].map(([key, mishap]) => `  ${key}: ${mishap}`);
  const violations = result.violations.map(({ promise, what }) => `  "${promise}": ${what}`);
  return [
    `seed ${scenario.seed}: ${scenario.inputs.length} inputs, ${result.mishaps.size} mishaps, ${result.steps} steps, hash ${result.hash.slice(0, 12)}`,
    'rules:',
    ...scenario.rulesText
      .trimEnd()
      .split('\n')
      .map((text) => `  ${text}`),
    ...(mishaps.length > 0 ? ['what went wrong:', ...mishaps] : []),
    'what happened:',
    ...lines,
    ...(violations.length > 0 ? ['BROKEN PROMISES:', ...violations] : ['every promise was kept']),
  ].join('\n');
}

function line({ atMs, who, what }: TraceLine): string {
  const time = new Date(atMs).toISOString().slice(11, 23);
  const text = what
    .replaceAll(/pool-(\d)f3d-[0-9a-f]{32}/g, 'pool-$1')
    .replaceAll(/\b([0-9a-f]{6})[0-9a-f]{26}\b/g, '$1');
  return `  ${time} ${who.padEnd(17)} ${text.length > 240 ? `${text.slice(0, 239)}…` : text}`;
}
