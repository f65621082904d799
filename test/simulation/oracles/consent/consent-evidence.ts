import { documentAt, isSpoilt, valuesOf, writesOf } from '../../ledger-view.ts';
import type { Run } from '../../run.ts';
import { confirmedMs, firesSince, resolutionsOf } from '../facts/alert-episodes.ts';
import {
  clock,
  type Destructive,
  destructiveRequests,
  limitsOf,
  membersOf,
  OUT_OF_SERVICE,
  rulesOf,
} from '../facts/destructive.ts';
import { eventsThatWentOn, isAboutEvents } from '../facts/planned.ts';
import { isUndisturbed, poolAt, readingOf, sizesKnown, trueAtMs, wasOddFor } from '../facts/readings.ts';
import type { Finding } from '../oracles.ts';

const SLACK_MS = 2_000;
/** Deliveries that come so soon after each other count as one. */
const HEARD_MS = 15_000;
const RUNS_MS = 60_000;
/** The size of a pool counts when a reading so much later shows it, too. */
const CONFIRMED_MS = 60_000;
/** How long after the end of a job it may be taken to have ended. */
const ENDED_MS = 20 * 60_000;
/** Where nothing goes wrong: it may have been watched for three minutes. */
const ENDED_SOON_MS = 270_000;

/** Whether a glob of the rules file stands for the whole of a text. */
export function globFits(glob: string, text: string | undefined): boolean {
  if (text === undefined) return false;
  const source = Array.from(glob)
    .map((one) => (one === '*' ? '.*' : one === '?' ? '.' : RegExp.escape(one)))
    .join('');
  return new RegExp(`^${source}$`, 's').test(text);
}

export function oneFits(globs: readonly string[] | undefined, text: string | undefined): boolean {
  return globs === undefined || globs.some((glob) => globFits(glob, text));
}

function allFit(
  matchers: Record<string, readonly string[]>,
  fields: Record<string, string | undefined>,
): boolean {
  return Object.entries(matchers).every(([key, globs]) => oneFits(globs, fields[key]));
}

/** An alert is answered by the first rule that matches it, in the pool and for the node that it names; what none matches is ignored. */
export function* firstRuleAnswers(run: Run): Iterable<Finding> {
  for (const { episode, status, receipt, by = '', answeredAtMs = 0 } of run.correspondence.delivered) {
    // All members of a group are decided alike.
    if (!receipt || status !== 'firing') continue;
    if (isSpoilt(run, `alert#alertmanager#${episode.fingerprint}`)) continue;
    const rules = run.deployment.begun.get(by)?.rules ?? run.rules;
    const labels: Record<string, string | undefined> = {
      alertname: episode.alertname,
      pool: 'train-a',
      severity: 'critical',
      ...episode.labels,
    };
    const annotations = episode.annotations ?? {};
    const node = run.scenario.pools.find(({ id }) => id === episode.pool)?.nodes.get(episode.node);
    const instance = episode.byAddress ? undefined : episode.node;
    const fields = { ...labels, ...(instance && { instance }) };
    // Whether it was called by its address is not known any more where a rule looks at that.
    if (
      episode.byAddress &&
      rules.rules.some(({ when }) => [when].flat().some(({ labels: read }) => 'instance' in read))
    )
      continue;
    const rule = rules.rules.find((one) =>
      [one.when]
        .flat()
        .some(
          (when) =>
            (when.source === undefined || when.source === 'alertmanager') &&
            (when.severity === undefined || oneFits(when.severity, labels['severity'])) &&
            when.event === undefined &&
            allFit(when.labels, fields) &&
            allFit(when.annotations, annotations),
        ),
    );
    const named =
      rule &&
      ('name' in rule.pool
        ? rule.pool.name
        : rule.pool.from.map(({ key }) => ({ ...labels })[key]).find(Boolean));
    const of = rule && 'of' in rule.pool ? rule.pool.of : undefined;
    const pool = rules.pools.find(
      ({ name, id }) => named !== undefined && (name === named || id === named) && (!of || of.includes(name)),
    );
    const target =
      rule?.node[0]?.kind === 'annotations'
        ? annotations[rule.node[0].key]
        : (instance ?? node?.name ?? episode.node);
    const expected = rule && pool && target !== undefined ? rule.name : undefined;
    const answered = receipt.remediations.map((one) => one.rule);
    const where = `${episode.id} (${JSON.stringify(labels)}) was answered at ${clock(answeredAtMs)} with ${answered.join(', ') || 'nothing'}`;
    if (expected === undefined ? answered.length > 0 : answered.some((name) => name !== expected))
      yield { what: `${where}; it was for ${expected ?? 'no rule'}` };
    else if (
      expected !== undefined &&
      answered.length === 0 &&
      // Its records in the ledger may be unreadable since then.
      !run.scenario.inputs.some(({ kind, atMs }) => kind === 'spoil' && atMs <= answeredAtMs)
    )
      yield { what: `${where}; it was for ${expected}` };
    for (const { id } of receipt.remediations) {
      const value = writesOf(run, `remediation#${id}`)[0]?.document['value'] as any;
      if (value && pool && value.pool !== pool.id)
        yield { what: `${where}: ${id} is about pool ${value.pool}; the alert was about ${pool.id}` };
      const isOfGroup = run.correspondence.delivered.some(
        (one) => one.receipt === receipt && one.episode !== episode,
      );
      const isAbout = value?.alerts.some(
        (alert: any) =>
          alert.fingerprint === episode.fingerprint && Date.parse(alert.startsAt) === episode.startsAtMs,
      );
      if (value && !isOfGroup && !isAbout) yield { what: `${where}: ${id}, which is about another alert` };
      if (
        value &&
        value.mode !== rule?.mode &&
        value.alerts.length > 0 &&
        value.createdAt >= iso(answeredAtMs)
      )
        yield { what: `${where}: ${id} is in mode ${value.mode}; its rule says ${rule?.mode}` };
    }
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A call is for the node that was named: by its name, or by the address that it had, and for no node that came later. */
export function* nodeThatWasNamed(run: Run): Iterable<Finding> {
  for (const request of destructiveRequests(run)) {
    for (const { remediation, targets } of membersOf(run, request)) {
      if (!remediation) continue;
      const episodes = run.correspondence.delivered
        .map(({ episode }) => episode)
        .filter(({ fingerprint, startsAtMs }) =>
          remediation.alerts.some(
            (alert: any) => alert.fingerprint === fingerprint && Date.parse(alert.startsAt) === startsAtMs,
          ),
        );
      const addresses = new Map(
        run.scenario.pools
          .filter(({ id }) => id === request.pool)
          .flatMap(({ nodes }) => [...nodes.values()].map(({ ip, name }) => [ip, name] as const)),
      );
      const commands = run.correspondence.commanded.filter(({ id }) => id === remediation.id);
      const named = [
        ...episodes.map(({ node }) => node),
        ...commands
          .flatMap(({ input }) => (input.body['nodes'] as string[] | undefined) ?? [])
          .map((node) => addresses.get(node) ?? node),
      ];
      if (named.length === 0) continue;
      const along = membersAlong(run, request, remediation, named);
      const where = `request ${request.number} at ${clock(request.sentAtMs)} for ${remediation.id}`;
      for (const target of targets) {
        if (along.includes(target)) continue;
        // A node that has come in the place of another has its address.
        if (!named.includes(target) && !named.includes(target.replace(/r+$/, '')))
          yield {
            what: `${where} asked for ${target}; ${named.join(', ')} was named`,
            atMs: request.sentAtMs,
          };
        const madeMs = run.world.pools.get(request.pool)?.nodes.get(target)?.createdAtMs;
        // Where it could not be looked up at once, what the address stood for is as old as the alert.
        const isLookedUp = remediation.nodes.includes(target);
        const sinceMs = isLookedUp
          ? Date.parse(remediation.createdAt)
          : Math.max(...remediation.alerts.map(({ startsAt }: any) => Date.parse(startsAt)));
        if (episodes.length > 0 && madeMs !== undefined && madeMs > sinceMs)
          yield {
            what: `${where} asked for ${target}, which was made at ${clock(madeMs)}, after its alert had begun or come`,
            atMs: request.sentAtMs,
          };
      }
    }
  }
}

/** The other members of the supernodes of named nodes, where the rung says that one stands for all, or a person has seen them in the plan. */
function membersAlong(
  run: Run,
  request: Destructive,
  { rule, ladder, approval }: any,
  named: readonly string[],
): string[] {
  const rung = rulesOf(run, request).rules.find(({ name }) => name === rule)?.ladder[ladder?.rung ?? 0];
  const isOneForAll = rung !== undefined && 'wholeSupernode' in rung;
  if (request.action !== 'migrate-nodes' || !(isOneForAll || approval)) return [];
  const nodes = [...(run.scenario.pools.find(({ id }) => id === request.pool)?.nodes.values() ?? [])];
  const batchOf = ({ labels }: (typeof nodes)[number]) => labels['os.modelarts.node/batch.uid'];
  const batches = nodes.filter(({ name }) => named.includes(name)).flatMap((node) => batchOf(node) ?? []);
  return nodes.filter((node) => batches.includes(batchOf(node) ?? '')).map(({ name }) => name);
}

/** The evidence that a command names is from after the last remediation of its node. */
export function* evidenceOfCommands(run: Run): Iterable<Finding> {
  const requests = destructiveRequests(run);
  for (const [index, request] of requests.entries()) {
    for (const { remediation, targets } of membersOf(run, request)) {
      if (!remediation?.evidenceAt || remediation.alerts.length > 0) continue;
      const earlier = requests
        .slice(0, index)
        .findLast(
          (other) =>
            other.done && other.pool === request.pool && other.nodes.some((node) => targets.includes(node)),
        );
      if (earlier && Date.parse(remediation.evidenceAt) < earlier.sentAtMs)
        yield {
          what: `request ${request.number} for ${remediation.id} rests on evidence of ${remediation.evidenceAt}, before request ${earlier.number}`,
          atMs: request.sentAtMs,
        };
    }
  }
}

/** The reason of a refusal is true: no node is left without help for a wrong reason. */
export function* refusedForCause(run: Run): Iterable<Finding> {
  for (const { document, before, atMs, by } of run.writes) {
    if (!document.pk.startsWith('remediation#')) continue;
    const value = document['value'] as any;
    if (!OUT_OF_SERVICE.includes(value.action)) continue;
    const was = before?.['value'] as any;
    // On an odd answer a command may be deferred; it does not end for it.
    const isOdd = wasOddFor(run, { by, pool: value.pool }, atMs);
    if (isOdd && value.state !== 'skipped' && value.state !== 'failed') continue;
    const fromMs = Math.min(
      (run.deployment.begun.get(by)?.atMs ?? atMs) - SLACK_MS,
      ...run.requests.flatMap((one) => (one.by === by ? (one.trueAtMs ?? []) : [])),
    );
    const refusals = refusalsOf(value.receipts.slice(was?.receipts.length ?? 0));
    for (const receipt of refusals) {
      for (const target of receipt.targets) {
        const verdict = { value, target, fromMs, atMs, by };
        // A refusal that hands an odd answer to a person ends nothing by itself: the command has ended for another reason.
        const isBesides =
          isOdd &&
          receipt.handsOver === true &&
          refusals.some((other) => isForGood(other) && other.targets.includes(target));
        if (isBesides) continue;
        // Missing from two whole lists a minute apart means gone, for as long as the command lasts.
        const isGone =
          receipt.guard.startsWith('node-p') &&
          (was?.outcomes[target]?.state === 'skipped' ||
            wasHiddenTwice(run, { pool: value.pool, target, by }, atMs));
        if (isGone) continue;
        // A supernode is not shown as a whole if one of its nodes has left the pool.
        const isTorn = receipt.guard === 'whole-supernode' && hasLostNode(run, verdict);
        if (isTorn) continue;
        // Until the pool was read a second time, a supernode may have more nodes than are shown.
        if (receipt.guard === 'whole-supernode' && receipt.unknown === true && isSizeNew(run, verdict))
          continue;
        // Too little is known of an alert that its sender has lost, and of a node that was not shown.
        const isUnknown = receipt.unknown === true && receipt.guard !== 'alert-firing';
        const why = isUnknown ? wellKnown(run, verdict) : untrue(run, receipt.guard, verdict);
        if (why)
          yield {
            what: `${value.id} was refused at ${clock(atMs)} for ${target} by ${receipt.guard} (${receipt.why}), though ${why}`,
            atMs,
          };
      }
    }
  }
}

type Refusal = { guard: string; why: string; targets: string[] } & Partial<
  Record<'handsOver' | 'defers' | 'unknown', boolean> & { until: string }
>;

/** The refusals of guards among some receipts, each with its targets. */
function refusalsOf(receipts: readonly any[]): Refusal[] {
  return receipts
    .filter(({ step, allowed }) => step === 'guard' && allowed === false)
    .map(({ target, targets = target ? [target] : [], ...refusal }) => ({ ...refusal, targets }));
}

/** Whether a refusal ends a command for a target, without a person and without another look. */
function isForGood({ handsOver, defers, until }: Refusal): boolean {
  return !handsOver && !defers && until === undefined;
}

type Refused = { value: any; target: string; fromMs: number; atMs: number; by: string };

/**
 * Why it is not true that too little was known of a node; undefined where it was, or where it is unclear: the node was not there, or
 * something that its process read was odd or refused.
 */
function wellKnown(run: Run, { value, target, fromMs, atMs, by }: Refused): string | undefined {
  const name = run.world.nameOf(value.pool, target) ?? target;
  const wasAway = run.world.ever(value.pool, name, fromMs, atMs, ({ present }) => !present);
  // A pool that was known to be larger may have nodes that were not seen. Others may come between the reading and its record.
  const reading = readingOf(run, { by, pool: value.pool }, atMs);
  const read = poolAt(run, value.pool, reading ? trueAtMs(reading) : atMs).all;
  const isSmaller = sizesKnown(run, value.pool, atMs).some((size) => size > read.length);
  return wasAway || hasReadOdd(run, by) || isSmaller || run.world.past(value.pool, name).length === 0
    ? undefined
    : 'its pool was read as it was, with the node in it';
}

/** Whether any node of the pool was away at some moment of the span of a verdict. */
function hasLostNode({ world }: Run, { value: { pool }, fromMs, atMs }: Refused): boolean {
  return world.namesOf(pool).some((name) => world.ever(pool, name, fromMs, atMs, ({ present }) => !present));
}

/** Whether a pool had another size, or none, on record before a verdict that may rest on its second reading. */
function isSizeNew(run: Run, { value: { pool }, atMs }: Refused): boolean {
  const sizeAt = (ms: number) => documentAt(run, `pool#${pool}`, ms)?.size?.nodes;
  return sizeAt(atMs - RUNS_MS - CONFIRMED_MS) !== sizeAt(atMs);
}

/** Whether something that a process has read was odd or refused. */
function hasReadOdd(run: Run, by: string): boolean {
  return run.requests.some(
    (one) => one.by === by && one.method === 'GET' && (one.odd !== undefined || one.status >= 400),
  );
}

const HIDES_ADDRESSES = ['odd-shared-address', 'odd-no-address', 'odd-without-field'];

/**
 * Whether two lists of a pool may have hidden a node, a minute apart and each whole as far as anybody can see: its half was
 * missing, or its address was another's. The second is the last one of the process that judged.
 */
function wasHiddenTwice(
  run: Run,
  { pool, target, by }: { pool: string; target: string; by: string },
  atMs: number,
): boolean {
  const hides = /^[\d.]+$/.test(target) ? ['odd-short', ...HIDES_ADDRESSES] : ['odd-short'];
  const times = run.requests
    .filter((one) => one.path === `/pools/${pool}/nodes` && hides.includes(one.odd ?? '') && one.atMs <= atMs)
    .map((one) => one.atMs);
  const isHidden = hides.includes(readingOf(run, { by, pool }, atMs)?.odd ?? '');
  return isHidden && Math.max(...times) - Math.min(...times) >= 59_000;
}

/** Why a refusal is not true; undefined where it is true, or where it is unclear. */
function untrue(run: Run, guard: string, { value, target, fromMs, atMs, by }: Refused): string | undefined {
  const limits: any = limitsOf({ rules: rulesOf(run, { by }) }, value);
  const name = run.world.nameOf(value.pool, target) ?? target;
  const ever = (is: Parameters<Run['world']['ever']>[4]) =>
    run.world.ever(value.pool, name, fromMs, atMs, is);
  const spoken = run.correspondence.delivered.filter(({ episode }) =>
    value.alerts.some(
      (alert: any) =>
        alert.fingerprint === episode.fingerprint && Date.parse(alert.startsAt) === episode.startsAtMs,
    ),
  );
  // Also what was begun and never reached the API may have been done, as far as anybody knew.
  const calledMs = valuesOf(run, 'call#')
    .filter(
      ({ pool, action, callingAt, members, request }) =>
        callingAt !== undefined &&
        pool === value.pool &&
        // A node that HA redundancy isolates is kept as one that was reset.
        (OUT_OF_SERVICE.includes(action) || request?.action === 'openHaRedundant') &&
        members.some(({ targets }: any) => targets.includes(name)),
    )
    .map(({ callingAt }) => Date.parse(callingAt))
    .filter((calledAtMs) => calledAtMs <= atMs);
  // A node that was never in the pool is not there.
  if (run.world.past(value.pool, name).length === 0) return undefined;
  switch (guard) {
    case 'alert-firing': {
      // Senders of other kinds have oracles of their own.
      if (run.correspondence.reported.length > 0) return undefined;
      if (isAboutEvents(run, value.rule))
        return eventsThatWentOn(run, { pool: value.pool, node: name, atMs }).length > 0
          ? undefined
          : 'no event of the node was in another state';
      const firing = (alerts: any[]) =>
        alerts.filter((alert) => !resolutionsOf(run, alert).some(({ sentAtMs }) => sentAtMs <= atMs));
      // A supernode whose nodes were reported one by one moves for alerts of each of them.
      const parts: any[] = value.whole?.parts ?? [value];
      if (parts.some(({ alerts }) => firing(alerts).length === 0)) return undefined;
      return `${firing(value.alerts).length} of its alerts had not resolved`;
    }
    case 'node-present':
      return ever(({ present }) => !present) ? undefined : 'the node was there';
    case 'no-workload':
      return ever(({ workload }) => workload !== undefined) ? undefined : 'nothing ran on the node';
    case 'node-phase': {
      const isWrong = ({ phase, present }: { phase: string; present: boolean }) =>
        !present ||
        !['Available', 'Abnormal'].includes(phase) ||
        (limits.phase !== undefined && !limits.phase.includes(phase));
      // An odd answer may show a phase that no page names.
      return ever(isWrong) || hasReadOdd(run, by) ? undefined : 'the node was as it should be';
    }
    case 'cooldown': {
      // A request may be sent a while after its intent, as long as its function runs.
      const isLeft = Math.max(...calledMs) > fromMs - limits.cooldownMs - SLACK_MS - RUNS_MS;
      return isLeft ? undefined : `no call for the node was in the last ${limits.cooldownMs / 1000} s`;
    }
    case 'newer-than-last-remediation': {
      // An alert that has resolved since is no reason any more, while another alert still fires.
      const isOver = (alert: any) => {
        const over = resolutionsOf(run, alert).filter(({ sentAtMs }) => sentAtMs <= atMs);
        // It may have been opened again since.
        return (
          over.length > 0 && !firesSince(run, alert, Math.max(...over.map(({ sentAtMs }) => sentAtMs)), atMs)
        );
      };
      const left = value.alerts.filter((alert: any) => !isOver(alert));
      const beganMs = Math.max(
        ...(left.length > 0 ? left : value.alerts).map((one: any) => Date.parse(one.startsAt)),
        value.alerts.length === 0 ? Date.parse(value.evidenceAt) : 0,
      );
      if (calledMs.length === 0) return 'there was no call for the node before';
      const jobs = run.world.jobs.filter(({ pool, nodes }) => pool === value.pool && nodes.includes(name));
      const seenMs = run.mishaps.size === 0 ? ENDED_SOON_MS : ENDED_MS;
      // A call ends with its verification, or with the search for its job.
      const settledMs = valuesOf(run, 'remediation#')
        .filter(({ pool, outcomes, callId }) => pool === value.pool && outcomes[name] && callId)
        .map(({ stateSince, updatedAt }) => Date.parse(stateSince ?? updatedAt));
      // If the processes that were to release the node died, another one releases it later.
      const { endedAt } = documentAt(run, `node#${value.pool}#${name}`, atMs)?.last ?? {};
      if (endedAt && !isUndisturbed(run)) settledMs.push(Date.parse(endedAt));
      const isLater =
        settledMs.every((endedMs) => endedMs < beganMs || endedMs > atMs) &&
        jobs.every(({ endedAtMs = Infinity }) => endedAtMs < beganMs - seenMs) &&
        calledMs.every((calledAtMs) => calledAtMs < beganMs - seenMs);
      return isLater
        ? `it was said to be since ${clock(beganMs)}, after everything that was done`
        : undefined;
    }
    case 'rounds': {
      // Who dies with the node taken has begun a round.
      if (run.mishaps.size > 0) return undefined;
      const begun = valuesOf(run, 'call#').filter(
        ({ callingAt, members }) =>
          callingAt !== undefined &&
          Date.parse(callingAt) <= atMs &&
          members.some(
            ({ remediation, targets }: any) =>
              targets.includes(name) && valuesOf(run, `remediation#${remediation}`)[0]?.rule === value.rule,
          ),
      );
      return begun.length < (limits.rounds?.max ?? 0)
        ? `its ladder was begun ${begun.length} times`
        : undefined;
    }
    case 'evidence-age': {
      if (value.approval || run.scenario.inputs.some(({ kind }) => kind === 'rules')) return undefined;
      const times = spoken
        .filter(({ status, answeredAtMs = Infinity }) => status === 'firing' && answeredAtMs < fromMs)
        .map(confirmedMs);
      const freshMs = Math.max(Date.parse(value.evidenceAt ?? value.createdAt), ...times);
      return value.evidenceAt &&
        atMs - freshMs < limits.maxEvidenceAgeMs - HEARD_MS &&
        isFiring(run, value, atMs)
        ? `its evidence was ${(atMs - freshMs) / 1000} s old`
        : undefined;
    }
    default:
      return undefined;
  }
}

/** No report has said that it is over. */
function isFiring(run: Run, { alerts }: any, atMs: number): boolean {
  return !run.correspondence.delivered.some(
    ({ episode, status, sentAtMs }) =>
      status === 'resolved' &&
      sentAtMs <= atMs &&
      alerts.some(({ fingerprint }: any) => fingerprint === episode.fingerprint),
  );
}
