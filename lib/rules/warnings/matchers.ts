import type { Matcher, NodeSelector } from '../rules.ts';
import { type CheckedFile, globsAt, ownRulesOf } from './warning.ts';
import { entriesOf } from './when-inclusion.ts';

/** One glob that the author wrote. `field`: what it is compared with, such as `labels.alertname` or `nodes.flavor`. */
export type WrittenGlob = { glob: string; path: PropertyKey[]; field: string; source?: string };

/** Each entry of the conditions of the text's own rules, with its path. */
export function whensOf(file: CheckedFile) {
  return ownRulesOf(file).flatMap(({ rule, path }) =>
    entriesOf(rule.when).map((when, index) => ({
      rule,
      when,
      path: Array.isArray(rule.when) ? [...path, 'when', index] : [...path, 'when'],
    })),
  );
}

/** Every glob in the conditions of the text's own rules. */
export function globsOfRules(file: CheckedFile): WrittenGlob[] {
  return whensOf(file).flatMap(({ when, path }) => {
    const { source } = when;
    const at = (matcher: Matcher | undefined, ...keys: string[]) =>
      globsAt(file, matcher, [...path, ...keys]).map((one) => ({
        ...one,
        field: keys.join('.'),
        ...(source !== undefined && { source }),
      }));
    return [
      ...at(when.severity, 'severity'),
      ...at(when.event, 'event'),
      ...Object.entries(when.labels).flatMap(([key, matcher]) => at(matcher, 'labels', key)),
      ...Object.entries(when.annotations).flatMap(([key, matcher]) => at(matcher, 'annotations', key)),
    ];
  });
}

/** Every other glob of the file: those that select nodes, forbid tags or demand versions. */
export function otherGlobs(file: CheckedFile): WrittenGlob[] {
  const { tagPolicies, schedules, pools, rules } = file.rules;
  const at = (matcher: Matcher | undefined, path: PropertyKey[], field: string) =>
    globsAt(file, matcher, path).map((one) => ({ ...one, field }));
  const ofMap = (matchers: Record<string, Matcher> | undefined, path: PropertyKey[], field: string) =>
    Object.entries(matchers ?? {}).flatMap(([key, matcher]) =>
      at(matcher, [...path, key], `${field}.${key}`),
    );
  const ofSelector = ({ flavor, nodePool, name, labels }: NodeSelector, path: PropertyKey[]) => [
    ...at(flavor, [...path, 'flavor'], 'nodes.flavor'),
    ...at(nodePool, [...path, 'nodePool'], 'nodes.nodePool'),
    ...at(name, [...path, 'name'], 'nodes.name'),
    ...ofMap(labels, [...path, 'labels'], 'nodes.labels'),
  ];
  const healthy = [
    ...pools.map(({ name, healthy: demands }) => ({ demands, path: ['pools', name, 'healthy'] })),
    ...rules
      .slice(0, file.ownRules)
      .map(({ healthy: demands }, index) => ({ demands, path: ['rules', index, 'healthy'] })),
  ];
  return [
    ...tagPolicies.flatMap(({ nodes, forbid }, index) => [
      ...ofSelector(nodes, ['tagPolicies', index, 'nodes']),
      ...ofMap(forbid, ['tagPolicies', index, 'forbid'], 'forbid'),
    ]),
    ...schedules.flatMap((schedule, index) =>
      'nodes' in schedule && !Array.isArray(schedule.nodes)
        ? ofSelector(schedule.nodes, ['schedules', index, schedule.action, 'nodes'])
        : [],
    ),
    ...healthy.flatMap(({ demands, path }) => [
      ...at(demands?.driver, [...path, 'driver'], 'healthy.driver'),
      ...at(demands?.os, [...path, 'os'], 'healthy.os'),
      ...ofMap(demands?.plugins, [...path, 'plugins'], 'healthy.plugins'),
    ]),
  ];
}
