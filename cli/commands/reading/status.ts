import { buildCommand, type Command } from '@stricli/core';
import type { ShownCaller } from '#lib/console/caller';
import type { ShownDeadLetter } from '#lib/dead-letters/list-letters';
import type { ShownRemediation } from '#lib/ledger/listing/shown';
import { commandText, standingOf, targetsText, whyText } from '#lib/sentences/remediation';
import { RequestError } from '#local/client/http-json';
import type { Screen } from '#local/screen/screen';
import { openRoutes } from '../../client/open.ts';
import { type PoolNames, poolNames } from '../../client/pool-names.ts';
import type { PoolAnswer, Routes } from '../../client/routes.ts';
import { type ConnectionFlags, connectionFlags } from '../../connection-flags.ts';
import { type Context, writeJson } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flag, option } from '../../flags.ts';
import { budgetText, nodesText, type Wrong, wrongIn } from '../../reading/state-of-pools.ts';
import { ago, coarse, readable, shortId, ZONE } from '../../screen/words.ts';

type Flags = ConnectionFlags & { pool?: string; check: boolean; json: boolean };

/** All that `status` says. */
type Status = {
  me: ShownCaller;
  pools: PoolAnswer[];
  wrong: Wrong[];
  inWork: ShownRemediation[];
  forYou: { approvals: ShownRemediation[]; needsPerson: ShownRemediation[]; deadLetters: ShownDeadLetter[] };
  /** The dead letters could not be read: the reason. */
  deadLettersUnknown?: string;
};

const IN_WORK = 'submitting,deferred,running,verifying';
/** The most entries of one list on the screen. `--json` has all. */
const SHOWN = 8;

async function run(this: Context, { pool, check, json, ...connection }: Flags): Promise<void> {
  const { routes } = await openRoutes(this, connection);
  const status = await readStatus(routes, pool, json ? 'all' : 'none');
  if (json) writeJson(this, { url: routes.url, ...status });
  else writeStatus(this, routes.url, status);
  if (check && status.wrong.some(({ grave }) => grave)) this.process.exitCode = exitCodes.finding.code;
}

async function readStatus(
  routes: Routes,
  pool: string | undefined,
  receipts: 'all' | 'none',
): Promise<Status> {
  const inState = async (state: string): Promise<ShownRemediation[]> => {
    const found: ShownRemediation[] = [];
    for await (const { remediations } of routes.remediations({ state, pool, limit: 100, receipts }))
      found.push(...remediations);
    return found;
  };
  const [me, all, inWork, approvals, needsPerson, letters] = await Promise.all([
    routes.me(),
    routes.pools(),
    inState(IN_WORK),
    inState('awaiting-approval'),
    inState('needs-human'),
    readLetters(routes),
  ]);
  const pools = pool === undefined ? all : all.filter(({ id, name }) => id === pool || name === pool);
  return {
    me,
    pools,
    wrong: pools.flatMap(wrongIn),
    inWork,
    forYou: {
      approvals,
      needsPerson: needsPerson.filter((one) => stillMatters(one, all)),
      deadLetters: letters.found,
    },
    ...(letters.unknown !== undefined && { deadLettersUnknown: letters.unknown }),
  };
}

/** The rest of the status is useful without the dead letters. */
async function readLetters(routes: Routes): Promise<{ found: ShownDeadLetter[]; unknown?: string }> {
  try {
    return { found: (await routes.deadLetters()).deadLetters };
  } catch (error) {
    if (error instanceof RequestError) return { found: [], unknown: error.message };
    throw error;
  }
}

/** Whether a person must still do something about an attempt that ended: its node is out of service, or held for it. */
function stillMatters({ id, pool }: ShownRemediation, pools: readonly PoolAnswer[]): boolean {
  const known = pools.find((one) => one.id === pool);
  if (!known || !('nodes' in known)) return true;
  const { outOfService, outOfServiceTotal, held } = known;
  const isNamed = [...outOfService, ...held].some(({ remediation }) => remediation === id);
  return isNamed || outOfServiceTotal > outOfService.length;
}

function writeStatus(context: Context, url: string, status: Status): void {
  const { screen, clock } = context;
  const nowMs = clock.now();
  const { me, pools, wrong, inWork, forYou, deadLettersUnknown } = status;
  const { simulated, project, region, rules } = me.system;
  const place = simulated
    ? 'ModelArts is simulated'
    : [region, project && `project ${project}`].filter(Boolean).join(', ');
  const facts = [url, place, rules !== undefined && `rules ${rules}`].filter(Boolean).join(', ');
  screen.columns('', `${facts}; you are ${me.name} (${me.role})`, 'dim');
  for (const pool of pools) writePool(screen, pool, nowMs);

  heading(screen, 'Wrong', wrong.length);
  if (wrong.length === 0) screen.line('  Nothing.');
  for (const { pool, text, grave } of wrong) {
    screen.columns(
      `  ${screen.paint(grave ? 'bad' : 'notable', grave ? '✗' : '-')} ${pool}: `,
      readable(text),
    );
  }

  const names = poolNames(pools);
  heading(screen, 'In progress', inWork.length);
  if (inWork.length === 0) screen.line('  Nothing.');
  for (const one of inWork.slice(0, SHOWN)) writeRemediation(screen, one, names, nowMs);
  if (inWork.length > SHOWN) more(screen, inWork.length - SHOWN, `poolkeeper list --state ${IN_WORK}`);

  const { approvals, needsPerson, deadLetters } = forYou;
  heading(screen, 'Waiting for you', approvals.length + needsPerson.length + deadLetters.length);
  if (approvals.length + needsPerson.length + deadLetters.length === 0) screen.line('  Nothing.');
  for (const one of approvals.slice(0, SHOWN)) {
    writeRemediation(screen, one, names, nowMs, `poolkeeper approve ${shortId(one.id)}`);
  }
  if (approvals.length > SHOWN)
    more(screen, approvals.length - SHOWN, 'poolkeeper list --state awaiting-approval');
  for (const one of needsPerson.slice(0, SHOWN)) {
    writeRemediation(screen, one, names, nowMs, `poolkeeper show ${shortId(one.id)}`);
  }
  if (needsPerson.length > SHOWN)
    more(screen, needsPerson.length - SHOWN, 'poolkeeper list --state needs-human');
  for (const { function: name, what, at, reason } of deadLetters.slice(0, SHOWN)) {
    screen.columns(`  ${screen.paint('notable', 'dead letter')}  `, `${what} (${name}, ${ago(at, nowMs)})`);
    if (reason !== undefined) screen.columns(' '.repeat(15), reason, 'dim');
  }
  if (deadLetters.length > 0) screen.columns(' '.repeat(15), 'poolkeeper redrive');
  if (deadLettersUnknown !== undefined)
    screen.columns('  Dead letters are not known: ', deadLettersUnknown, 'notable');
}

function heading(screen: Screen, title: string, count: number): void {
  screen.line();
  screen.line(`${screen.paint('strong', title)}${count === 0 ? '' : ` ${count}`}`);
}

function more(screen: Screen, count: number, seeAll: string): void {
  screen.columns('  ', `${count} more: ${seeAll}`, 'dim');
}

function writePool(screen: Screen, pool: PoolAnswer, nowMs: number): void {
  screen.line();
  if ('unreadable' in pool) {
    screen.line(`${screen.paint('strong', pool.name)}  ${pool.id}`);
    return;
  }
  const { reading, window } = pool;
  screen.columns(`${screen.paint('strong', pool.name)}  `, nodesText(pool));
  const row = (name: string, text: string): void =>
    screen.columns(`  ${screen.paint('dim', name.padEnd(8))}`, text);
  const budget = budgetText(pool);
  if (budget !== undefined) row('budget', budget);
  row('window', windowText(window));
  row('read', reading ? ago(reading.at, nowMs) : 'never yet');
}

function windowText({ open, why, zone }: Extract<PoolAnswer, { window: unknown }>['window']): string {
  return `${open ? 'open' : 'closed'}: ${readable(why, zone ?? ZONE)}`;
}

function writeRemediation(
  screen: Screen,
  one: ShownRemediation,
  names: PoolNames,
  nowMs: number,
  next?: string,
): void {
  const { id, state, stateSince, createdAt, why, pool } = one;
  const { tone, text } = standingOf(state);
  const what = `${commandText(one)} ${targetsText(one)} in ${names.nameOf(pool)}`;
  const since = coarse(nowMs - Date.parse(stateSince ?? createdAt));
  screen.columns(`  ${screen.paint(tone, shortId(id).padEnd(12))} `, `${what}: ${text}, for ${since}`);
  const indent = ' '.repeat(15);
  if (why !== undefined) screen.columns(indent, readable(whyText(why)), 'dim');
  if (next !== undefined) screen.columns(indent, next);
}

export function command(brief: string): Command<Context> {
  return buildCommand({
    docs: {
      brief,
      fullDescription: `Shows the pools, all that is wrong, the work that Poolkeeper does now, and the work that
waits for you. With --check, the exit code is ${exitCodes.finding.code} if something grave is wrong: a pool that cannot be
read, an open breaker, a storm, a broken node.`,
    },
    parameters: {
      flags: {
        pool: option('pool', 'Only this pool, by its name or id'),
        check: flag(`Ends with ${exitCodes.finding.code} if something grave is wrong`),
        json: flag('Writes { url, me, pools, wrong, inWork, forYou } as JSON'),
        ...connectionFlags,
      },
    },
    func: run,
  });
}
