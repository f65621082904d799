import {
  deliveriesOf,
  type Episode,
  type HistoricDelivery,
  type HistoricNode,
  type History,
  type RecordedRemediation,
} from '../history.ts';
import { type Part, readers } from './formats.ts';

/** The input cannot be replayed. The message names the file, the line and the known formats. */
export class ReplayError extends Error {
  override name = 'ReplayError';
}

const FORMATS = [
  'lines of `poolkeeper export`, each with its kind: export, delivery, remediation or node',
  'the answer of Prometheus to a range query of ALERTS',
  'the answer of Alertmanager to GET /api/v2/alerts',
  'lines with the bodies of a webhook of Alertmanager, or { "at": …, "body": … }',
];

export type InputFile = { name: string; text: string };

/**
 * Reads every file, in any of the known formats, and puts the alerts into the order of time.
 *
 * @param repeatMs how often an alert came while it fired, where the input has only its beginning and its end.
 * @throws ReplayError
 */
export function readHistory(files: readonly InputFile[], repeatMs: number): History {
  const episodes: Episode[] = [];
  const deliveries: HistoricDelivery[] = [];
  const nodes: HistoricNode[] = [];
  const recorded: RecordedRemediation[] = [];
  const leftOut = new Map<string, number>();
  let isExcerpt = false;
  for (const part of files.flatMap(partsOf)) {
    episodes.push(...(part.episodes ?? []));
    deliveries.push(...(part.deliveries ?? []));
    nodes.push(...(part.nodes ?? []));
    recorded.push(...(part.recorded ?? []));
    for (const why of part.leftOut ?? []) leftOut.set(why, (leftOut.get(why) ?? 0) + 1);
    isExcerpt ||= part.isExcerpt ?? false;
  }
  deliveries.push(...deliveriesOf(episodes, repeatMs));
  const usable = deliveries.filter(({ atMs, alerts }) => Number.isFinite(atMs) && alerts.length > 0);
  if (usable.length === 0)
    throw new ReplayError(`${files.map(({ name }) => name).join(', ')}: there is no alert in it`);
  return {
    deliveries: usable.sort((a, b) => a.atMs - b.atMs),
    nodes,
    recorded,
    leftOut,
    isExcerpt,
    isInterpolated: episodes.length > 0,
  };
}

function partsOf({ name, text }: InputFile): Part[] {
  const whole = parsed(text);
  if (whole.ok) return [partOf(whole.value, name)];
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const document = parsed(line);
    if (!document.ok) throw new ReplayError(`${name}:${index + 1}: is not JSON. ${known()}`);
    return [partOf(document.value, `${name}:${index + 1}`)];
  });
}

function partOf(document: unknown, place: string): Part {
  for (const read of readers) {
    const part = read(document);
    if (part) return part;
  }
  throw new ReplayError(`${place}: has none of the known formats. ${known()}`);
}

function known(): string {
  return ['The known formats are:', ...FORMATS.map((format) => `  ${format}`)].join('\n');
}

function parsed(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}
