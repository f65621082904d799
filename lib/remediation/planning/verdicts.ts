import type { ActionDefinition } from '#lib/actions/action';
import type { Facts, Verdict } from '#lib/guards/guard';
import { nameOf } from '#lib/guards/name-of';
import { canonicalJson } from '#lib/hash';
import type { NewReceipt } from '#lib/ledger/receipts/receipt';

/** A target with the verdicts of all guards of its action. */
export type Judged = { facts: Facts; verdicts: readonly Verdict[] };

export type GuardReceipt = Extract<NewReceipt, { step: 'guard' }>;

/** If one target of a group is refused, all targets of the group are refused. */
export function refuseWithGroup<Body extends Record<string, unknown>>(
  judged: readonly Judged[],
  { wholeOf }: ActionDefinition<Body>,
): readonly Judged[] {
  if (!wholeOf) return judged;
  const isRefused = ({ verdicts }: Judged) => verdicts.some(({ allowed }) => !allowed);
  // A lasting refusal outweighs a deferral of another target of the group.
  const refused = judged.filter(isRefused).toSorted((a, b) => Number(isDeferred(b)) - Number(isDeferred(a)));
  const torn = new Map(refused.map((one) => [wholeOf(one.facts), one]));
  torn.delete(undefined);
  return judged.map((one) => {
    const whole = wholeOf(one.facts);
    const missing = torn.get(whole);
    // A deferred target has nothing to wait for if another target of its group is refused for good.
    const waitsForNothing = missing !== undefined && isDeferred(one) && !isDeferred(missing);
    if (!missing || (isRefused(one) && !waitsForNothing)) return one;
    const why = `${whole} goes as a whole; ${nameOf(missing.facts)}: ${firstRefusal(missing)}`;
    const verdict = {
      guard: 'as-a-whole',
      allowed: false,
      why,
      ...(isDeferred(missing) && { defers: true as const }),
    };
    return { ...one, verdicts: [...one.verdicts, verdict] };
  });
}

/** Whether a target is refused only for now: every guard that refuses it may change its verdict. */
export function isDeferred({ verdicts }: Judged): boolean {
  const refusals = verdicts.filter(({ allowed }) => !allowed);
  return refusals.length > 0 && refusals.every(({ defers }) => defers);
}

/** The guards that defer some targets, and the first older remediation among those that go first. */
export function deferrersOf(deferred: readonly Pick<Judged, 'verdicts'>[]): {
  guards: string[];
  behind?: string;
} {
  const refusals = deferred.flatMap(({ verdicts }) => verdicts.filter(({ allowed }) => !allowed));
  const behind = refusals.find((verdict) => verdict.behind !== undefined)?.behind;
  return {
    guards: [...new Set(refusals.map(({ guard }) => guard))],
    ...(behind !== undefined && { behind }),
  };
}

/** Whether a target must wait because facts that its plan needs are unknown. */
export function isUnknown({ verdicts }: Judged): boolean {
  return verdicts.some(({ unknown }) => unknown === true);
}

/**
 * One receipt for each verdict, with its targets. The same words for many nodes are kept once, so that an item of the ledger has room
 * for a command of 500 nodes.
 */
export function guardReceipts(judged: readonly Judged[]): GuardReceipt[] {
  const given = judged.flatMap((one) =>
    one.verdicts.map((verdict) => ({ target: nameOf(one.facts), verdict })),
  );
  const alike = Map.groupBy(given, ({ verdict }) => canonicalJson(verdict));
  const receipts = [...alike.values()].flatMap(([first, ...others]) =>
    first
      ? { step: 'guard' as const, ...first.verdict, targets: [first, ...others].map(({ target }) => target) }
      : [],
  );
  const kept = [...Map.groupBy(receipts, ({ guard, allowed }) => `${guard} ${allowed}`).values()].flatMap(
    shortened,
  );
  return kept.map((receipt) => withoutNames(receipt, judged.length));
}

/** The most targets that a receipt lists if it is for all targets of its command. The command lists them anyway. */
const MAX_NAMED = 20;

function withoutNames<Receipt extends { targets: string[] }>(
  { targets, ...receipt }: Receipt,
  all: number,
): Omit<Receipt, 'targets'> & ({ targets: string[] } | { everyTarget: number }) {
  return targets.length === all && all > MAX_NAMED
    ? { ...receipt, everyTarget: all }
    : { ...receipt, targets };
}

/** The most wordings of one guard that are kept for one command. */
const MAX_WORDINGS = 10;

/** Some guards count up from node to node. If there are many wordings, only the last one is kept, with the highest number. */
function shortened<Receipt extends { targets: string[] }>(receipts: readonly Receipt[]): Receipt[] {
  const last = receipts.at(-1);
  if (receipts.length <= MAX_WORDINGS || !last) return [...receipts];
  return [{ ...last, targets: receipts.flatMap(({ targets }) => targets) }];
}

/** Why targets are refused, in one line. */
export function reasons(refused: readonly Judged[]): string {
  const [first, ...others] = refused;
  if (!first) return 'nothing is left to be done';
  return `${firstRefusal(first)}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
}

/** The first reason of a target that is refused; empty for one that is not. */
export function firstRefusal({ verdicts }: Judged): string {
  return verdicts.find(({ allowed }) => !allowed)?.why ?? '';
}

/**
 * Why a refused target needs a person; undefined if it needs none. A target that another guard refuses for good, for example because
 * its alert has resolved, needs none. A target that other guards only defer does.
 */
export function handedOver({ verdicts }: Judged): string | undefined {
  const refusals = verdicts.filter(({ allowed }) => !allowed);
  const isForGood = refusals.some(
    ({ handsOver, until, defers }) => handsOver !== true && until === undefined && defers !== true,
  );
  return isForGood ? undefined : refusals.find(({ handsOver }) => handsOver)?.why;
}
