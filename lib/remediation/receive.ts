import type { Queue } from '#lib/aws/queue';
import type { Alert, Finding, Ignored } from '#lib/decision/decide';
import { decide } from '#lib/decision/decide';
import { groupByRemediation } from '#lib/decision/group';
import { targetText } from '#lib/decision/target';
import { toCommand } from '#lib/decision/to-command';
import type { Invocation } from '#lib/handler/invocation';
import type { Remediation } from '#lib/ledger/remediation';
import type { RemediationAction } from '#lib/rules/action';
import { recordAbout, recordFiring, recordResolved } from './alert-evidence.ts';
import { commandOf, isWaiting } from './open.ts';
import { openLadder } from './open-ladder.ts';
import { sendRungNotice } from './rung-notice.ts';
import type { RemediationServices } from './services.ts';

export type ReceiveServices = Pick<RemediationServices, 'store' | 'rules' | 'clock' | 'commands' | 'notices'>;

/** What a sender is answered. `node`: as the sender named it. */
export type Receipt = {
  remediations: { id: string; rule: string; node: string; state: Remediation['state'] }[];
  ignored: Ignored[];
};

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

  const { findings: decided, ignored } = decide(
    alerts.filter(({ status }) => status === 'firing'),
    rules,
  );

  const receivedAt = new Date(clock.now()).toISOString();
  const groups = groupByRemediation(decided);
  const settled = await Promise.allSettled(
    groups.map(async (group) => {
      const [{ rule, pool, target }] = group;
      const node = targetText(target);
      // First: of which episode an alert speaks decides what it leads to.
      const findings = await withEpisodes(group, services);
      const decision = toCommand(findings, receivedAt);
      const rungs = await openLadder(rule, decision, services);
      const [remediation] = rungs;
      if (!remediation) return undefined;
      const about = { remediation: remediation.id, rule: rule.name, pool: pool.id, node };
      const news = findings.filter(({ alert }) => !alert.isOver && alert.ledTo !== remediation.id);
      await Promise.all(news.map(({ alert }) => recordAbout(store, alert, about, clock.now())));
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
      ...groups.filter((_, index) => !accepted[index]).flatMap((group) => group.map(withoutFunction)),
    ],
  };
}

/** The findings of one remediation, each with the episode that its alert speaks of: as the ledger knows it with this delivery. */
async function withEpisodes(
  [first, ...others]: readonly [Finding, ...Finding[]],
  { store, clock }: Pick<ReceiveServices, 'store' | 'clock'>,
): Promise<[Finding, ...Finding[]]> {
  const withEpisode = async (finding: Finding): Promise<Finding> => {
    const { opening, isOver, about } = await recordFiring(store, finding.alert, clock.now());
    const ledTo = about?.remediation;
    return { ...finding, alert: { ...finding.alert, opening, isOver, ledTo } };
  };
  return [await withEpisode(first), ...(await Promise.all(others.map(withEpisode)))];
}

function queueOf(action: RemediationAction, commands: ReceiveServices['commands']): Queue | undefined {
  return action === 'notify' ? undefined : commands[action];
}

function withoutFunction({ alert, rule: { name, ladder } }: Finding): Ignored {
  const action = ladder[0]?.action ?? 'nothing';
  return {
    alert: alert.fingerprint,
    why: `the ladder of rule ${name} begins with ${action}, for which there is no function`,
  };
}
