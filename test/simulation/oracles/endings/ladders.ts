import type { Receipt } from '#lib/ledger/receipts/receipt';
import { isWithdrawn } from '#lib/remediation/lifecycle/withdraw';
import { documentAt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { firingsAnew, resolutionsOf } from '../facts/alert-episodes.ts';
import { clock, destructiveRequests, membersOf, rulesOf } from '../facts/destructive.ts';
import type { Finding } from '../oracles.ts';

const OVER = ['observed', 'skipped', 'succeeded', 'failed', 'needs-human', 'rejected', 'awaiting-approval'];

/** The chains of a run, by the remediation that each began with, in the order of their rungs. */
function chainsOf(run: Run): Map<string, any[]> {
  const chains = Map.groupBy(
    valuesOf(run, 'remediation#').filter(({ ladder }) => ladder !== undefined),
    ({ ladder }) => ladder.root as string,
  );
  for (const chain of chains.values()) chain.sort((a, b) => a.ladder.rung - b.ladder.rung);
  return chains;
}

/** A ladder is one chain without gaps and without branches, no longer than its rule, that ends once, and with a person at the end. */
export function* oneChain(run: Run): Iterable<Finding> {
  for (const [root, chain] of chainsOf(run)) {
    for (const [index, rung] of chain.entries()) {
      const { id, ladder, state, escalatedTo, rule: name, receipts } = rung;
      const rules = [run.rules, ...run.deployment.rules].map((one) =>
        one.rules.find((rule) => rule.name === name),
      );
      const length = Math.max(...rules.map((rule) => rule?.ladder.length ?? 0));
      if (ladder.rung !== index)
        yield {
          what: `the ladder of ${root} has ${id} as rung ${ladder.rung}, where rung ${index} should be`,
        };
      if (index >= length)
        yield { what: `the ladder of ${root} has come to rung ${index}, and its rule has ${length}` };
      const next = chain[index + 1];
      if (escalatedTo !== next?.id && !(state === 'observed' && next === undefined))
        yield {
          what: `${id} (${state}) of the ladder of ${root} says that it went on with ${escalatedTo ?? 'nothing'}; it went on with ${next?.id ?? 'nothing'}`,
        };
      if (next === undefined && !OVER.includes(state))
        yield { what: `the ladder of ${root} ends with ${id}, which is ${state}` };
      if (next !== undefined && state !== 'escalated' && state !== 'observed')
        yield { what: `the ladder of ${root} went on from ${id}, which is ${state}` };
      const isLater = run.scenario.inputs.some(({ kind }) => kind === 'rules');
      // A ladder that has failed for a node ends without a further rung once the alert has resolved, the node is gone, or a person has
      // withdrawn the rest.
      const refusals = receipts.filter((receipt: Receipt) => receipt.step === 'guard' && !receipt.allowed);
      // Several guards of one judgement may refuse it.
      const isOver =
        isWithdrawn(rung) ||
        refusals.some(
          ({ at, guard }: any) =>
            at === refusals.at(-1).at && ['alert-firing', 'node-present'].includes(guard),
        );
      if (state === 'failed' && length > 1 && !isLater && !isOver)
        yield {
          what: `${id} of the ladder of ${root} is failed, and it neither went on nor went to a person`,
        };
    }
  }
}

/** A person who takes over at the end of a ladder hears everything. */
export function* handedOver(run: Run): Iterable<Finding> {
  for (const [root, chain] of chainsOf(run)) {
    const last = chain.at(-1);
    const receipt = last.receipts.findLast(({ step }: any) => step === 'handover');
    const isAtEnd = last.ladder.failedAt !== undefined && last.state === 'needs-human';
    if (isAtEnd && !receipt) yield { what: `the ladder of ${root} ended with ${last.id} and no handover` };
    if (!receipt) continue;
    const rungs: any[] = receipt.rungs;
    const tried = chain.filter(({ action }) => action !== 'notify');
    const isComplete =
      rungs.length > 0 &&
      tried.every(({ id, jobId }) =>
        rungs.some((rung) => rung.remediation === id && rung.jobId === jobId && rung.result),
      ) &&
      receipt.alerts.length > 0 &&
      receipt.nodes.length > 0 &&
      receipt.lookAt.length > 0;
    if (!isComplete)
      yield { what: `the handover of ${last.id} leaves something out: ${JSON.stringify(receipt)}` };
  }
}

/** The next rung is only tried when the one before did not help, and is known not to have. */
export function* onlyAfterFailure(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const { remediation } of membersOf(run, request)) {
      const rung = remediation?.ladder?.rung ?? 0;
      if (rung === 0) continue;
      const before = valuesOf(run, 'remediation#').find(({ id }) => id === remediation.reason.escalatedFrom);
      const then = before && documentAt(run, `remediation#${before.id}`, request.sentAtMs);
      const where = `request ${request.number} at ${clock(request.sentAtMs)} was sent for rung ${rung} of ${remediation.ladder.root}`;
      if (then?.state !== 'escalated') {
        yield { what: `${where}, and the rung before was ${then?.state}`, atMs: request.sentAtMs };
        continue;
      }
      const failedMs = Date.parse(then.ladder.failedAt ?? then.createdAt);
      const job = run.world.jobs.find(({ id }) => id === then.jobId);
      if (then.action === 'notify' || job === undefined) continue;
      if (job.endedAtMs === undefined) {
        yield { what: `${where}, and ${job.id} of the rung before had not ended`, atMs: request.sentAtMs };
        continue;
      }
      if (job.phase !== 'Success') continue;
      const [node = ''] = Object.keys(then.outcomes);
      const wasEverIll = run.world.ever(then.pool, node, job.endedAtMs, failedMs, ({ well }) => !well);
      const firesAnew = firingsAnew(run, then, failedMs).length > 0;
      if (!wasEverIll && !firesAnew)
        yield {
          what: `${where}, and ${node} was well from the end of ${job.id} to ${clock(failedMs)}, and nothing fired anew`,
          atMs: request.sentAtMs,
        };
      const verify: any = rulesOf(run, request).rules.find(({ name }) => name === then.rule)?.ladder[
        rung - 1
      ];
      const isLater = run.scenario.inputs.some(({ kind }) => kind === 'rules');
      if (
        verify?.verify &&
        !isLater &&
        failedMs < job.endedAtMs + verify.verify.withinMs - 1_000 - Math.abs(run.scenario.skewMs)
      )
        yield {
          what: `${where}, and the rung before was given up ${(failedMs - job.endedAtMs) / 1000} s after its job; it had ${verify.verify.withinMs / 1000} s`,
          atMs: request.sentAtMs,
        };
    }
  }
}

/** A ladder is begun no more often for a node than its rule says. */
export function* boundedRounds(run: Run): Iterable<Finding> {
  const begun = new Map<string, Map<string, number>>();
  for (const request of destructiveRequests(run)) {
    for (const { remediation, targets } of membersOf(run, request)) {
      if (!remediation?.ladder) continue;
      const rounds = rulesOf(run, request).rules.find(({ name }) => name === remediation.rule)?.rounds;
      if (!rounds) continue;
      for (const node of targets) {
        const key = `${remediation.rule} ${node}`;
        const known = begun.get(key) ?? new Map<string, number>();
        begun.set(key, known);
        const recent = [...known.values()].filter(
          (atMs) => atMs > request.sentAtMs - rounds.withinMs + 60_000,
        );
        if (!known.has(remediation.ladder.root) && recent.length >= rounds.max)
          yield {
            what: `request ${request.number} began the ladder of rule ${remediation.rule} for ${node} once more, after ${recent.length} times; at most ${rounds.max} were allowed`,
            atMs: request.sentAtMs,
          };
        if (request.done) known.set(remediation.ladder.root, request.sentAtMs);
      }
    }
  }
}

/** Success is not said while an alert of the remediation has begun to fire once more. */
export function* notFiringAnew(run: Run): Iterable<Finding> {
  for (const remediation of valuesOf(run, 'remediation#')) {
    const ended = writesOf(run, `remediation#${remediation.id}`).find(
      ({ document }) => (document['value'] as any).state === 'succeeded',
    );
    const request = destructiveRequests(run).find(
      ({ done, job }) => done && remediation.receipts.some(({ jobId }: any) => jobId === job),
    );
    if (!ended || !request) continue;
    // It may have come to rest on more alerts since.
    const { alerts }: any = ended.document['value'];
    const firing = run.correspondence.delivered.filter(
      (one) =>
        one.status === 'firing' &&
        one.episode.startsAtMs > request.atMs &&
        alerts.some(({ fingerprint }: any) => fingerprint === one.episode.fingerprint) &&
        // The clock of its sender may be ahead: what the remediation is about is never anew.
        !alerts.some(
          ({ fingerprint, startsAt }: any) =>
            fingerprint === one.episode.fingerprint && Date.parse(startsAt) === one.episode.startsAtMs,
        ),
    );
    const anew = firing.find(
      ({ episode, receipt, answeredAtMs = Number.POSITIVE_INFINITY }) =>
        answeredAtMs < ended.atMs - 90_000 &&
        // Nothing is kept about an alert that matches no rule of a later file.
        receipt?.remediations.length !== 0 &&
        // A resolution closes every episode that began before its end.
        !resolutionsOf(run, {
          fingerprint: episode.fingerprint,
          startsAt: new Date(episode.startsAtMs).toISOString(),
        }).some((one) => one.sentAtMs < ended.atMs),
    );
    if (anew)
      yield {
        what: `${remediation.id} was said to have succeeded at ${clock(ended.atMs)}; ${anew.episode.id} was known to fire anew since ${clock(anew.answeredAtMs!)}`,
        atMs: ended.atMs,
      };
  }
}
