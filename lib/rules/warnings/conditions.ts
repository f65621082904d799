import { editDistance } from '#lib/nearest';
import { globMatches } from '../glob.ts';
import type { When } from '../rules.ts';
import { globsOfRules, type WrittenGlob, whensOf } from './matchers.ts';
import { sourceFacts } from './source-facts.ts';
import { type Check, type CheckedFile, type Found, listed, ownRulesOf, writtenAt } from './warning.ts';

/** Conditions that no alert can meet. */
export const neverMatches: Check = (file) => [
  ...whensOf(file).flatMap(({ when, path }) => impossibleFields(when, path, file)),
  ...globsOfRules(file).flatMap(impossibleValue),
  ...withoutTopics(file),
];

function impossibleFields(when: When, path: PropertyKey[], { written }: CheckedFile): Found[] {
  const { source } = when;
  if (source === undefined) return [];
  const { lacks, states, labels, annotations } = sourceFacts[source];
  const missing = lacks
    .filter((field) => when[field] !== undefined)
    .map((field) => never([...path, field], lackOf(field, source)));
  const oddStates = (when.state ?? []).filter((state) => !states.includes(state));
  const isDead = oddStates.length > 0 && oddStates.length === when.state?.length;
  const state = isDead
    ? [
        never(
          [...path, 'state'],
          `alerts of ${source} never have the state ${listed(oddStates)}: only Grafana sends it`,
        ),
      ]
    : [];
  const closed = [
    ...unknownKeys(when.labels, labels, source, 'label').map(({ key, reason }) =>
      never([...path, 'labels', key], reason),
    ),
    ...unknownKeys(when.annotations, annotations, source, 'annotation').map(({ key, reason }) =>
      never([...path, 'annotations', key], reason),
    ),
  ];
  return [...missing, ...state, ...closed].filter((found) => writtenAt(written, found.path) !== undefined);
}

function lackOf(field: 'event' | 'severity', source: string): string {
  return field === 'event'
    ? `alerts of ${source} have no event. Use source: smn for events of Cloud Eye, or labels.alertname`
    : `alerts of ${source} have no severity: remove it`;
}

function unknownKeys(
  matchers: Readonly<Record<string, unknown>>,
  known: readonly string[] | undefined,
  source: string,
  noun: string,
): { key: string; reason: string }[] {
  return Object.keys(matchers)
    .filter((key) => known?.includes(key) === false)
    .map((key) => ({
      key,
      reason: `alerts of ${source} have no ${noun} ${key}: the known ones are ${known?.join(', ')}`,
    }));
}

function impossibleValue({ glob, path, field, source }: WrittenGlob): Found[] {
  const values = source === undefined ? undefined : valuesOf(source, field);
  if (!values || values.some((value) => globMatches(glob, value))) return [];
  const reason = `alerts of ${source} never have the ${field} ${JSON.stringify(glob)}: the possible values are ${values.join(', ')}`;
  return [never(path, reason)];
}

function valuesOf(source: string, field: string): readonly string[] | undefined {
  const { values } = factsOf(source) ?? {};
  return values?.[field];
}

function factsOf(source: string | undefined) {
  return Object.entries(sourceFacts).find(([name]) => name === source)?.[1];
}

function never(path: PropertyKey[], why: string): Found {
  return { code: 'never-matches', path, reason: `matches no alert: ${why}` };
}

/** Alarms of Huawei come only from the topics that the file names. */
function withoutTopics(file: CheckedFile): Found[] {
  const { rules, written } = file;
  if (rules.sources?.smn) return [];
  const ofSmn = whensOf(file)
    .filter(({ when }) => when.source === 'smn')
    .map(({ path }) => never([...path, 'source'], 'name the topics of SMN under sources.smn.topics'));
  const ofPack =
    writtenAt(written, ['extends']) === undefined
      ? []
      : [
          {
            code: 'never-matches' as const,
            path: ['extends'],
            reason:
              'its rules for events of Cloud Eye match none: name the topics of SMN under sources.smn.topics',
          },
        ];
  return [...ofSmn, ...ofPack];
}

/** Values and labels that a source spells otherwise: in another case, or with another letter. */
export const slips: Check = (file) => [...globsOfRules(file).flatMap(slipInValue), ...slipsInLabels(file)];

function slipInValue({ glob, path, field, source }: WrittenGlob): Found[] {
  const facts = factsOf(source);
  if (!facts || facts.values[field]) return [];
  const known = facts.knownValues[field] ?? [];
  const meant = meantValue(glob, known);
  if (meant === undefined) return [];
  const others = known.length > 12 ? '' : `. Known values: ${known.join(', ')}`;
  const reason = `${JSON.stringify(glob)} is no value that ${source} is known to send: did you mean "${meant}"? Upper and lower case differ${others}`;
  return [{ code: 'unusual-value', path, reason }];
}

/** The known value that a glob was probably meant to match. Undefined if it matches one, or resembles none. */
function meantValue(glob: string, known: readonly string[]): string | undefined {
  if (known.some((value) => globMatches(glob, value))) return undefined;
  const inLowerCase = glob.toLowerCase();
  const alike = known.find((value) => globMatches(inLowerCase, value.toLowerCase()));
  if (alike !== undefined || /[*?]/.test(glob)) return alike;
  return known.find(
    (value) =>
      value.length >= 8 &&
      !known.includes(glob) &&
      editDistance(glob.toLowerCase(), value.toLowerCase()) <= 1,
  );
}

function slipsInLabels(file: CheckedFile): Found[] {
  const inWhen = whensOf(file).flatMap(({ when, path }) =>
    Object.keys(when.labels).map((key) => ({ key, path: [...path, 'labels', key], sources: [when.source] })),
  );
  const inFields = ownRulesOf(file).flatMap(({ rule, path }) => {
    const sources = (Array.isArray(rule.when) ? rule.when : [rule.when]).map((when: When) => when.source);
    const named = [
      ...rule.node.map((field) => ({ ...field, at: [...path, 'node', 'from'] })),
      ...('from' in rule.pool
        ? rule.pool.from.map((field) => ({ ...field, at: [...path, 'pool', 'from'] }))
        : []),
    ];
    return named.flatMap(({ kind, key, at }) => (kind === 'labels' ? [{ key, path: at, sources }] : []));
  });
  return [...inWhen, ...inFields].flatMap(({ key, path, sources }) => {
    const reason = whySlip(key, sources);
    return reason === undefined ? [] : [{ code: 'unusual-label' as const, path, reason }];
  });
}

function whySlip(key: string, sources: readonly (string | undefined)[]): string | undefined {
  const prefix = /^(labels|annotations|alert|when)\./.exec(key)?.[0];
  if (prefix)
    return `the label is called "${key}", with "${prefix}" in its name: write ${key.slice(prefix.length)}`;
  if (key !== key.trim()) return `the name of the label has a space at its edge: write ${key.trim()}`;
  const known = new Set(
    sources.flatMap((source) => {
      const facts = factsOf(source);
      return facts ? [...(facts.labels ?? []), ...facts.knownLabels] : USUAL_LABELS;
    }),
  );
  if (known.has(key)) return undefined;
  const meant = [...known].find((name) => plain(name) === plain(key));
  if (meant === undefined) return undefined;
  const from = sources.length === 1 && sources[0] !== undefined ? sources[0] : 'the known sources';
  return `${from} ${from.startsWith('the') ? 'spell' : 'spells'} this label "${meant}": names of labels differ in upper and lower case`;
}

/** Labels that are spelled alike by every source that has them. */
const USUAL_LABELS: readonly string[] = ['alertname', 'severity', 'instance'];

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_\s-]/g, '');
}
