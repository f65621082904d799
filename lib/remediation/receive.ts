import type { Queue } from '#lib/aws/queue';
import type { Alert, Ignored } from '#lib/decision/decide';
import { decide } from '#lib/decision/decide';
import { type AddressBook, groupByRemediation, type Located, locate } from '#lib/decision/resolve-nodes';
import { toCommand } from '#lib/decision/to-command';
import type { Invocation } from '#lib/handler/invocation';
import type { Remediation } from '#lib/ledger/remediation';
import { ModelArtsError } from '#lib/modelarts/errors';
import { listAllPoolNodes } from '#lib/modelarts/read';
import type { RemediationAction } from '#lib/rules/action';
import type { PoolRules } from '#lib/rules/rules';
import { recordFiring, recordResolved } from './alert-evidence.ts';
import { commandOf, isWaiting } from './open.ts';
import { openLadder } from './open-ladder.ts';
import { sendRungNotice } from './rung-notice.ts';
import type { RemediationServices } from './services.ts';

export type ReceiveServices = Pick<
  RemediationServices,
  'store' | 'rules' | 'clock' | 'modelarts' | 'commands' | 'notices'
>;

/** What a sender is answered. */
export type Receipt = {
  remediations: { id: string; rule: string; node: string; state: Remediation['state'] }[];
  ignored: Ignored[];
};

/** A sender is answered within this time, whatever becomes of looking up addresses. SMN waits five seconds. */
const LOOKUP_MS = 2_500;

/**
 * Takes alerts in: decides what each asks for, stores it, and puts the commands on their queues. When this returns,
 * everything is stored; when it throws, the sender has to send again, and nothing will be done twice for it.
 *
 * Resolved alerts are stored as evidence and lead to nothing.
 */
export async function receive(
  alerts: readonly (Alert & { endsAt?: string })[],
  services: ReceiveServices,
  invocation: Invocation,
): Promise<Receipt> {
  const { store, rules, clock, commands } = services;
  const { log } = invocation;
  const resolved = alerts.filter(({ status }) => status === 'resolved');
  await Promise.all(resolved.map((alert) => recordResolved(store, alert, clock.now())));

  const { findings, ignored } = decide(
    alerts.filter(({ status }) => status === 'firing'),
    rules,
  );
  const books = await readAddressBooks(
    findings.filter(({ target }) => target.kind === 'address').map(({ pool }) => pool),
    services,
    invocation,
  );
  const { located, ignored: unknown } = locate(findings, books);

  const receivedAt = new Date(clock.now()).toISOString();
  const groups = groupByRemediation(located);
  const settled = await Promise.allSettled(
    groups.map(async (group) => {
      const decision = toCommand(group, receivedAt);
      const [{ rule, node, alert }] = group;
      const rungs = await openLadder(rule, decision, services);
      const [remediation] = rungs;
      if (!remediation) return undefined;
      await Promise.all(
        decision.alerts.map((reference) =>
          recordFiring(store, { ...reference, source: alert.source }, remediation.id, clock.now()),
        ),
      );
      log.info('alert accepted', {
        correlationId: remediation.id,
        rule: rule.name,
        node,
        state: remediation.state,
      });
      return { remediation, rungs, rule: rule.name, node };
    }),
  );
  const accepted = settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
  const opened = accepted.filter((one) => one !== undefined);

  const rungs = opened.flatMap((one) => one.rungs);
  const waiting = Map.groupBy(rungs.filter(isWaiting), ({ action }) => queueOf(action, commands));
  await Promise.all([
    ...[...waiting].map(([queue, group]) =>
      queue?.send(group.map((remediation) => ({ body: JSON.stringify(commandOf(remediation)) }))),
    ),
    ...rungs
      .filter(({ action }) => action === 'notify')
      .map((remediation) => sendRungNotice(remediation, services)),
  ]);

  // What could be stored goes its way; for what could not the sender has to send again.
  const failure = settled.find((one) => one.status === 'rejected');
  if (failure) throw failure.reason;

  return {
    remediations: opened.map(({ remediation: { id, state }, rule, node }) => ({ id, rule, node, state })),
    ignored: [
      ...resolved.map(({ fingerprint }) => ({ alert: fingerprint, why: 'it is resolved: kept as evidence' })),
      ...ignored,
      ...unknown,
      ...groups.filter((_, index) => !accepted[index]).flatMap((group) => group.map(withoutFunction)),
    ],
  };
}

function queueOf(action: RemediationAction, commands: ReceiveServices['commands']): Queue | undefined {
  return action === 'notify' ? undefined : commands[action];
}

function withoutFunction({ alert, rule: { name, ladder } }: Located): Ignored {
  const action = ladder[0]?.action ?? 'nothing';
  return {
    alert: alert.fingerprint,
    why: `the ladder of rule ${name} begins with ${action}, for which there is no function`,
  };
}

/** Reads the node lists of pools whose nodes are named by address; undefined for one that does not answer in time. */
async function readAddressBooks(
  pools: readonly PoolRules[],
  { modelarts, clock }: ReceiveServices,
  { deadlineMs, signal, log }: Invocation,
): Promise<Map<string, AddressBook | undefined>> {
  const options = { deadlineMs: Math.min(deadlineMs, clock.now() + LOOKUP_MS), signal };
  const books = [...new Set(pools)].map(async (pool) => {
    try {
      const nodes = await Array.fromAsync(listAllPoolNodes(modelarts(pool), pool.id, options));
      const book = new Map(
        nodes.flatMap(({ name, privateIp }) => (privateIp === undefined ? [] : [[privateIp, name] as const])),
      );
      return [pool.id, book] as const;
    } catch (error) {
      if (!(error instanceof ModelArtsError)) throw error;
      log.warn('addresses could not be looked up; the function that acts does it', {
        pool: pool.name,
        error,
      });
      return [pool.id, undefined] as const;
    }
  });
  return new Map(await Promise.all(books));
}
