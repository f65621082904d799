import { buildCommand, type Command } from '@stricli/core';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { sentencesOf } from '#lib/sentences/receipts';
import { commandText, standingOf, targetsText } from '#lib/sentences/remediation';
import { timeIn } from '#lib/sentences/time';
import { wordsOf } from '#local/story/receipt-lines';
import { openRoutes } from '../../client/open.ts';
import { type ConnectionFlags, connectionFlags } from '../../connection-flags.ts';
import { type Context, writeJson } from '../../context.ts';
import { CommandError } from '../../failure.ts';
import { flag, option } from '../../flags.ts';
import { answerTo, receivedLines } from '../../reading/answer.ts';
import { type Known, readKnown, type Span } from '../../reading/known.ts';
import { readable, shortId, shortTime, ZONE } from '../../screen/words.ts';
import { parseTime, TIME_FORMS } from '../../times.ts';

type Flags = ConnectionFlags & { at?: string; around?: string; all: boolean; json: boolean };

const AROUND = '30m';
/** The most alerts and remediations on the screen. */
const SHOWN = 12;

async function run(
  this: Context,
  { at, around, all, json, ...connection }: Flags,
  asked: string,
): Promise<void> {
  const nowMs = this.clock.now();
  const span = spanOf(at, around, nowMs);
  const { routes } = await openRoutes(this, connection);
  const found = await readKnown(routes, asked, span);
  const known = span
    ? { ...found, remediations: found.remediations.filter((one) => isWithin(one, span)) }
    : found;
  const sentences = answerTo(known, { nowMs, zone: ZONE, span });
  if (json) {
    const { pools: _pools, ...facts } = known;
    writeJson(this, { answer: sentences, ...facts });
    return;
  }
  for (const text of sentences) this.screen.columns('', readable(text));
  writeReceived(this, known, all ? Number.POSITIVE_INFINITY : SHOWN, nowMs);
  if (span) for (const one of known.remediations) writeWork(this, one, span);
  else if (!known.remediation) writeRemediations(this, known, all ? Number.POSITIVE_INFINITY : SHOWN, nowMs);
  if (known.remediation) {
    this.screen.line();
    this.screen.line(`Every step: poolkeeper show ${shortId(known.remediation.id)}`);
  }
}

function spanOf(at: string | undefined, around: string | undefined, nowMs: number): Span | undefined {
  if (at === undefined) {
    if (around === undefined) return undefined;
    throw new CommandError('--around needs --at: the time around which to search.', 'usage');
  }
  const atMs = parseTime(at, nowMs);
  const halfMs =
    nowMs - parseTime(/^\d+[smhd]$/.test(around ?? AROUND) ? (around ?? AROUND) : 'a span', nowMs);
  return { fromMs: atMs - halfMs, toMs: Math.min(atMs + halfMs, nowMs) };
}

function isWithin({ createdAt, updatedAt }: ShownRemediation, { fromMs, toMs }: Span): boolean {
  return Date.parse(createdAt) <= toMs && Date.parse(updatedAt) >= fromMs;
}

function writeReceived({ screen }: Context, { events }: Known, most: number, nowMs: number): void {
  const lines = receivedLines(events);
  if (lines.length === 0) return;
  screen.line();
  screen.line(screen.paint('strong', 'Received'));
  const shown = lines.slice(-most);
  if (shown.length < lines.length) {
    screen.line(screen.paint('dim', `  ${lines.length - shown.length} before these: --all shows them`));
  }
  for (const { at, label, text, tone } of shown) {
    const lead = `  ${screen.paint('dim', shortTime(at, nowMs).padEnd(11))}  ${label.padEnd(10)}  `;
    screen.columns(lead, readable(text), tone);
  }
}

function writeRemediations({ screen }: Context, { remediations }: Known, most: number, nowMs: number): void {
  if (remediations.length === 0) return;
  screen.line();
  screen.line(screen.paint('strong', 'Remediations'));
  const shown = remediations.slice(0, most).toReversed();
  if (shown.length < remediations.length) {
    screen.line(
      screen.paint('dim', `  ${remediations.length - shown.length} before these: --all shows them`),
    );
  }
  for (const one of shown) {
    const { tone } = standingOf(one.state);
    const lead = `  ${screen.paint('dim', shortTime(one.createdAt, nowMs).padEnd(11))}  ${shortId(one.id)}  `;
    const why = one.why === undefined ? '' : `: ${readable(one.why)}`;
    screen.columns(
      lead,
      `${commandText(one)} ${targetsText(one)}, ${one.state}${why}`,
      tone === 'good' ? 'plain' : tone,
    );
  }
}

/** The steps of a remediation in a span of time. */
function writeWork({ screen }: Context, remediation: ShownRemediation, { fromMs, toMs }: Span): void {
  const { id, action, nodes = [], receipts } = remediation;
  const within = receipts.filter(({ at }) => Date.parse(at) >= fromMs && Date.parse(at) <= toMs);
  screen.line();
  const title = `${commandText(remediation)} of ${targetsText(remediation)}, remediation ${shortId(id)}`;
  screen.columns('', title, 'strong');
  if (within.length === 0) screen.columns('  ', 'It waited: nothing was done at that time.', 'dim');
  const sentences = sentencesOf(within, {
    words: wordsOf(action),
    command: commandText(remediation),
    several: nodes.length > 1,
    time: (iso) => timeIn(ZONE, iso),
  });
  for (const { at, label, text, tone, guards = [] } of sentences) {
    const [, clock = ''] = timeIn(ZONE, at).split(' ');
    screen.columns(`  ${screen.paint('dim', clock)}  ${label.padEnd(17)}  `, readable(text), tone);
    for (const { guard, text: why } of guards.filter(({ allowed }) => !allowed)) {
      screen.columns(' '.repeat(31), `✗ ${guard}: ${readable(why)}`, 'notable');
    }
  }
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Says what was received about a node, an address, an alert or a remediation, and why
something or nothing was done: also for alerts without any effect. The system
keeps received alerts for 30 days.

  poolkeeper why os-node-created-lv29s --at 03:00
  poolkeeper why 10.0.0.7
  poolkeeper why cd7038fcc2439232        an alert by its fingerprint`,
    },
    parameters: {
      flags: {
        at: option('time', `Only around this time: ${TIME_FORMS}`),
        around: option('span', `How much before and after it, ${AROUND} by default`),
        all: flag('Shows every alert and every remediation'),
        json: flag('Writes the answer and its facts as JSON'),
        ...connectionFlags,
      },
      positional: {
        kind: 'tuple',
        parameters: [
          { brief: 'A node, an address, a fingerprint, or an id', parse: String, placeholder: 'subject' },
        ],
      },
    },
    func: run,
  });
}
