import type { Facts, Verdict } from '#lib/guards/guard';
import type { Invocation } from '#lib/handler/invocation';
import type { QueueRecord } from '#lib/handler/on-queue';
import { contentId } from '#lib/hash';
import type { Remediation } from '#lib/ledger/remediation';
import type { PoolRules } from '#lib/rules/rules';
import { gatherFacts, readPool } from './facts.ts';
import { bury, type Delivered, readCommands } from './inbox.ts';
import { join, type Member } from './join.ts';
import { effectiveMode, limitsOf } from './limits.ts';
import { makeCall } from './make-call.ts';
import { openRemediation, subject } from './open.ts';
import { record } from './outcome.ts';
import { failOrPutOff } from './put-off.ts';
import { recover } from './recover.ts';
import type { ActionServices, NodeAction } from './services.ts';

/** One command of a batch, and its remediation. */
type Task = Delivered & { remediation: Remediation };

/** No call is begun with less than this left: a write may take thirty seconds, and its answer has to be recorded. */
const CALL_TAKES_MS = 20_000;

/**
 * Deals with a batch of commands: opens their remediations, evaluates the guards on what is read right now, joins those that
 * are allowed, and makes the calls. Nothing is acknowledged before its outcome is stored, and what goes wrong for one pool
 * is delivered again without touching another.
 *
 * @returns the function for `onQueue`.
 */
export function act<Body extends Record<string, unknown>>(action: NodeAction<Body>) {
  return async function handle(
    records: readonly QueueRecord[],
    services: ActionServices,
    invocation: Invocation,
  ): Promise<string[]> {
    const { delivered, poison } = readCommands(records, action.action, services.rules);
    const again: string[] = [];

    async function orAgain(held: readonly QueueRecord[], work: () => Promise<void>): Promise<void> {
      try {
        await work();
      } catch (error) {
        invocation.log.error('messages are delivered again', { messages: held.length, error });
        again.push(...held.map(({ messageId }) => messageId));
      }
    }

    const tasks: Task[] = [];
    await Promise.all([
      ...poison.map(({ record: message, why }) => orAgain([message], () => bury(services, message, why))),
      ...delivered.map((delivery) =>
        orAgain(delivery.records, async () => {
          const remediation = await openDelivered(services, delivery);
          if (remediation) tasks.push({ ...delivery, remediation });
        }),
      ),
    ]);
    const pools = [...Map.groupBy(tasks, ({ pool }) => pool).entries()];
    await Promise.all(
      pools.map(([pool, poolTasks]) =>
        orAgain(
          poolTasks.flatMap((task) => task.records),
          () => actOnPool(action, pool, poolTasks, services, invocation),
        ),
      ),
    );
    return again;
  };
}

/** The remediation of a command; undefined when its id was taken by another command and the message has been buried. */
async function openDelivered(
  services: ActionServices,
  { command, records }: Delivered,
): Promise<Remediation | undefined> {
  const { store, clock } = services;
  const { source = 'queue' } = command.reason ?? {};
  const receipts = [{ step: 'event', source, messageId: records[0]?.messageId }];
  const { remediation, same } = await openRemediation(store, { command, alerts: [], receipts }, clock.now());
  if (same) return remediation;
  const { id, action, pool, createdAt } = remediation;
  const why = `the id ${id} belongs to another command, accepted at ${createdAt}: ${action} of ${subject(remediation)} in pool ${pool}`;
  for (const message of records) await bury(services, message, why);
  return undefined;
}

async function actOnPool<Body extends Record<string, unknown>>(
  action: NodeAction<Body>,
  pool: PoolRules,
  tasks: readonly Task[],
  services: ActionServices,
  invocation: Invocation,
): Promise<void> {
  const open: Task[] = [];
  for (const task of tasks) {
    const remediation = await recover(task.remediation, services, invocation);
    if (remediation && isOpen(remediation)) open.push({ ...task, remediation });
  }
  if (open.length === 0) return;

  const client = services.modelarts(pool);
  const options = { deadlineMs: invocation.deadlineMs, signal: invocation.signal };
  const wanted = {
    workloads: open.some(({ remediation }) => !limitsOf(services.rules, remediation).interruptWorkloads),
  };
  let reading: Awaited<ReturnType<typeof readPool>>;
  try {
    reading = await readPool(client, pool.id, wanted, options);
  } catch (error) {
    await failOrPutOff(open, error, services, invocation);
    return;
  }

  const facts = await gatherFacts(
    services,
    open.map(({ remediation }) => remediation),
    reading,
  );
  const ready: Member[] = [];
  for (const { remediation, records } of open) {
    const nodes = await judge(action, remediation, facts.get(remediation.id) ?? [], services, invocation);
    if (nodes.length > 0) ready.push({ remediation, records, nodes });
  }

  const oldestFirst = ready.toSorted((a, b) => (a.remediation.createdAt < b.remediation.createdAt ? -1 : 1));
  for (const members of join(oldestFirst)) {
    if (services.clock.now() + CALL_TAKES_MS > invocation.deadlineMs) {
      await failOrPutOff(
        members,
        new Error('the function had no time left for another call'),
        services,
        invocation,
      );
    } else {
      await makeCall({ action, pool, facts, services, invocation }, members);
    }
  }
}

/** Whether there is anything left to decide: an observed command is still to be explained by its guards. */
function isOpen({ state, receipts }: Remediation): boolean {
  if (state === 'observed') return !receipts.some(({ step }) => step === 'guard');
  return state === 'submitting' || state === 'deferred';
}

/**
 * Evaluates the guards of one command and records what they say.
 *
 * @returns the names of the nodes that are to be acted on now.
 */
async function judge<Body extends Record<string, unknown>>(
  { guards, request }: Pick<NodeAction<Body>, 'guards' | 'request'>,
  remediation: Remediation,
  facts: readonly Facts[],
  { store, rules, clock }: ActionServices,
  { log }: Invocation,
): Promise<string[]> {
  const now = clock.now();
  const verdicts = facts.map((nodeFacts) => ({
    facts: nodeFacts,
    verdicts: guards.map((guard) => guard(nodeFacts, now)),
  }));
  const { mode, why } = effectiveMode(rules, remediation);
  const allowed = verdicts.filter(({ verdicts: given }) => given.every((verdict) => verdict.allowed));
  const refused = verdicts.filter((verdict) => !allowed.includes(verdict));
  const nodes = allowed.map(({ facts: { node, target } }) => node?.name ?? target);
  const receipts = [
    { step: 'guard', guard: 'mode', allowed: mode === 'act', why },
    ...verdicts.flatMap(({ facts: { target, node }, verdicts: given }) =>
      given.map((verdict) => ({ step: 'guard', node: node?.name ?? target, ...verdict })),
    ),
  ].filter(({ allowed: allows }) => !allows || remediation.deferrals === undefined);
  const outcomes = Object.fromEntries(
    refused.map(({ facts: { target, node }, verdicts: given }) => [
      node?.name ?? target,
      { state: 'skipped' as const, why: firstRefusal(given) },
    ]),
  );
  const plan = nodes.length > 0 ? planOf(remediation, request(nodes, remediation.parameters)) : undefined;

  const [first] = refused;
  const refusal =
    first &&
    `${firstRefusal(first.verdicts)}${refused.length > 1 ? ` (and ${refused.length - 1} more nodes)` : ''}`;
  const decided =
    mode === 'observe'
      ? {
          state: 'observed' as const,
          why: `${why}; ${nodes.length === 0 ? `nothing would have been done: ${refusal}` : `${remediation.action} would have been called`}`,
          ...(plan && { plan }),
        }
      : nodes.length === 0
        ? { state: 'skipped' as const, why: refusal ?? 'the command names no node' }
        : mode === 'approve'
          ? {
              state: 'awaiting-approval' as const,
              why: `${why}; the plan waits for an approval`,
              ...(plan && { plan }),
            }
          : {};

  const current = await record(store, remediation.id, now, isOpen, () => ({
    changes: { ...decided, outcomes },
    receipts,
  }));
  log.info(decided.state ?? 'allowed', { correlationId: remediation.id, nodes, why: decided.why });
  return decided.state === undefined && current && isOpen(current) ? nodes : [];
}

/** What exactly would be sent, and the hash by which a person can name it. */
function planOf({ action, pool }: Remediation, request: unknown): NonNullable<Remediation['plan']> {
  return { hash: contentId({ action, pool, request }), request };
}

function firstRefusal(verdicts: readonly Verdict[]): string {
  return verdicts.find(({ allowed }) => !allowed)?.why ?? '';
}
