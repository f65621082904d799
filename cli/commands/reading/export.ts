import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { buildCommand, type Command } from '@stricli/core';
import { printable } from '#lib/printable';
import { createScreen } from '#local/screen/screen';
import { openRoutes } from '../../client/open.ts';
import { type ConnectionFlags, connectionFlags } from '../../connection-flags.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../failure.ts';
import { option } from '../../flags.ts';
import { exportLines, type Kind, kinds } from '../../reading/export-lines.ts';
import { isoOf } from '../../times.ts';

type Flags = ConnectionFlags & {
  since?: string;
  until?: string;
  pool?: string;
  only?: Kind[];
  output?: string;
};

async function run(this: Context, flags: Flags): Promise<void> {
  const nowMs = this.clock.now();
  const { routes } = await openRoutes(this, flags);
  const since = isoOf(flags.since ?? '30d', nowMs) ?? '';
  const until = isoOf(flags.until, nowMs) ?? new Date(nowMs).toISOString();
  if (since >= until)
    throw new CommandError(`--since ${flags.since} is not before --until ${flags.until ?? 'now'}.`, 'usage');
  const pools = (await routes.pools()).filter(
    ({ id, name }) => flags.pool === undefined || [id, name].includes(flags.pool),
  );
  if (pools.length === 0 && flags.pool !== undefined) {
    throw new CommandError(
      `${routes.url} has no pool ${flags.pool}: \`poolkeeper status\` shows its pools.`,
      'unknown',
    );
  }
  const sink = openSink(this, flags.output);
  const progress = openProgress(this, flags.output, Date.parse(since), Date.parse(until));
  const count = { node: 0, delivery: 0, remediation: 0 };
  const { pool, only } = flags;
  for await (const { kind, line, at } of exportLines(routes, {
    since,
    until,
    takenAtMs: nowMs,
    pool,
    only,
    pools,
  })) {
    await sink.write(line);
    if (kind === 'export') continue;
    count[kind] += 1;
    progress.show(kind, at, count[kind]);
  }
  await sink.end();
  progress.end();
  const { node, delivery, remediation } = count;
  if (flags.output !== undefined) {
    this.complain(`${flags.output}: ${delivery} deliveries, ${remediation} remediations, ${node} nodes`);
  }
}

const textOf = (line: object): string => `${printable(JSON.stringify(line))}\n`;

type Sink = { write: (line: object) => Promise<void>; end: () => Promise<void> };

/** Standard output, or a new file. It waits while its reader is slower. */
function openSink({ output: stdout, directory }: Context, output: string | undefined): Sink {
  if (output === undefined) {
    return {
      async write(line) {
        if (!stdout.write(textOf(line))) await once(stdout, 'drain');
      },
      end: () => Promise.resolve(),
    };
  }
  // The ledger may hold names that are not everyone's business.
  const file = createWriteStream(path.resolve(directory, output), { mode: 0o600 });
  const failed = new Promise<never>((_, reject) => {
    file.once('error', (error) =>
      reject(new CommandError(`${output} cannot be written: ${error.message}`, 'usage', { cause: error })),
    );
  });
  failed.catch(() => {});
  return {
    async write(line) {
      if (!file.write(textOf(line))) await Promise.race([once(file, 'drain'), failed]);
    },
    async end() {
      file.end();
      await Promise.race([finished(file), failed]);
    },
  };
}

type Progress = { show: (kind: Kind, at: string | undefined, count: number) => void; end: () => void };

const CELLS = 20;

/** A moving line on a terminal. Lists come newest first, so the time of an entry tells how much of the span is read. */
function openProgress(
  context: Context,
  output: string | undefined,
  sinceMs: number,
  untilMs: number,
): Progress {
  const screen = createScreen(context.errors);
  // Lines on the same terminal would break it.
  if (!screen.isTerminal || (output === undefined && context.screen.isTerminal)) {
    return { show: () => {}, end: () => {} };
  }
  return {
    show(kind, at, count) {
      if (count % 50 !== 0) return;
      const share = at === undefined ? 0 : Math.min(1, (untilMs - Date.parse(at)) / (untilMs - sinceMs));
      const full = Math.round(share * CELLS);
      screen.moving(
        `${'█'.repeat(full)}${'░'.repeat(CELLS - full)}  ${count} ${kind === 'delivery' ? 'deliveries' : `${kind}s`}`,
      );
    },
    end: () => screen.moving(''),
  };
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Writes what was received and what was done as JSON lines: to keep, or for \`poolkeeper replay\`. The first line
describes the export; then come the nodes, the deliveries and the remediations, the
newest first. The system keeps deliveries for 30 days.`,
    },
    parameters: {
      flags: {
        since: option('time', 'From this time on; 30 days ago by default'),
        until: option('time', 'Before this time; now by default'),
        pool: option('pool', 'Only this pool, by its name or id'),
        only: {
          kind: 'enum',
          values: kinds,
          optional: true,
          variadic: ',',
          placeholder: 'kinds',
          brief: `Only these kinds of lines, of ${kinds.join(', ')}`,
        },
        output: option('file', 'Writes into this file, not to standard output'),
        ...connectionFlags,
      },
    },
    func: run,
  });
}
