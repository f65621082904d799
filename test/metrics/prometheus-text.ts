/** One sample of the text format. */
export type TextSample = { name: string; labels: Record<string, string>; value: number };

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
const SAMPLE = new RegExp(
  `^(?<name>${NAME})(?:\\{(?<labels>${LABEL}(?:,${LABEL})*)\\})? (?<value>-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`,
);
const SUFFIXES: Record<string, string[]> = { counter: [''], gauge: [''], summary: ['_sum', '_count'] };

/**
 * Reads the text format of Prometheus, version 0.0.4, and accepts nothing besides: each metric has one HELP and one TYPE, in this order, right
 * before all of its samples; no sample comes twice; the last line ends.
 */
export function readPrometheusText(text: string): { samples: TextSample[]; types: Map<string, string> } {
  if (text !== '' && !text.endsWith('\n')) throw new Error('The last line has no end');
  const types = new Map<string, string>();
  const samples: TextSample[] = [];
  const seen = new Set<string>();
  let helped = '';
  let metric = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const [, name = ''] = /^# HELP (\S+) \S.*$/.exec(line) ?? [];
    const [, typed = '', type = ''] = /^# TYPE (\S+) (counter|gauge|summary)$/.exec(line) ?? [];
    if (name !== '') {
      if (types.has(name)) throw new Error(`${name} has two HELP lines`);
      helped = name;
    } else if (typed !== '') {
      if (typed !== helped || types.has(typed))
        throw new Error(`The TYPE of ${typed} is not behind its HELP`);
      types.set(typed, type);
      metric = typed;
    } else {
      const { groups } = SAMPLE.exec(line) ?? {};
      if (!groups) throw new Error(`No sample: ${line}`);
      const { name: sampled = '', labels = '', value } = groups;
      const allowed = (SUFFIXES[types.get(metric) ?? ''] ?? []).map((suffix) => `${metric}${suffix}`);
      if (!allowed.includes(sampled)) throw new Error(`${sampled} is not below its TYPE`);
      if (seen.has(`${sampled}{${labels}}`)) throw new Error(`${line} comes twice`);
      seen.add(`${sampled}{${labels}}`);
      const pairs = Array.from(labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g), ([, label = '', raw = '']) => [
        label,
        raw.replaceAll(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one)),
      ]);
      samples.push({ name: sampled, labels: Object.fromEntries(pairs), value: Number(value) });
    }
  }
  return { samples, types };
}
