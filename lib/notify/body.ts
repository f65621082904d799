import type { ShownState } from '#lib/ledger/listing/shown';
import { entryOf } from '#lib/remediation/record/outbox';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import type { RemediationState } from '#lib/rules/state';
import { type DatedNotice, noticeId } from './entry.ts';
import { incidentWords, remediationWords, type Words } from './notice-text.ts';
import { severities } from './states.ts';

/** A remediation as GET shows it, without its long fields. */
export type RemediationInNotice = Omit<ShownState, 'plan'> & {
  plan?: Omit<NonNullable<ShownState['plan']>, 'basis'>;
};

/** The body for a webhook. docs/rules.md describes each field. Version 1 only ever gains fields. */
export type NoticeBody = Words & {
  version: '1';
  /** The same for every copy of a notice. */
  id: string;
  kind: DatedNotice['kind'];
  severity: string;
  /** The time of the event. */
  at: string;
  /** Absent: the event concerns no single pool. */
  pool?: { id: string; name?: string };
  /** A path of the HTTP API. */
  link: string;
  /** The state of the event. `remediation` has the present state. */
  state?: RemediationState;
  incident?: Extract<DatedNotice, { kind: 'incident' }>['incident'];
  remediation?: RemediationInNotice;
};

/** The event of a remediation: its entry into a state, or a rung of its ladder that notifies. */
export function remediationBody(
  notice: Extract<DatedNotice, { kind: 'remediation' | 'rung' }>,
  remediation: ShownState,
  rules: Rules,
): NoticeBody {
  const pool = poolIn(rules, remediation.pool);
  const entry = notice.kind === 'remediation' ? notice : undefined;
  const { state, since } = entry ?? entryOf(remediation);
  return {
    version: '1',
    id: noticeId(notice),
    kind: notice.kind,
    severity: notice.kind === 'rung' ? (notice.severity ?? 'warning') : severities[notice.state],
    ...remediationWords(remediation, pool.name ?? pool.id, entry),
    at: since,
    state,
    pool,
    link: `/remediations/${encodeURIComponent(remediation.id)}`,
    remediation: inNotice(remediation),
  };
}

/** The event of a whole pool, or of a source of alerts. */
export function incidentBody(notice: Extract<DatedNotice, { kind: 'incident' }>, rules: Rules): NoticeBody {
  const pool = notice.pool === undefined ? undefined : poolIn(rules, notice.pool);
  const link = pool
    ? `/remediations?pool=${encodeURIComponent(pool.id)}`
    : `/events?sender=${encodeURIComponent(notice.about ?? '')}`;
  return {
    version: '1',
    id: noticeId(notice),
    kind: 'incident',
    severity: notice.incident === 'readable-again' ? 'info' : 'critical',
    ...incidentWords(notice, pool?.name ?? pool?.id, link),
    at: notice.at,
    incident: notice.incident,
    ...(pool && { pool }),
    link,
  };
}

function poolIn(rules: Rules, id: string): { id: string; name?: string } {
  const pool = poolOf(rules, id);
  return pool ? { id: pool.id, name: pool.name } : { id };
}

function inNotice({ plan, ...remediation }: ShownState): RemediationInNotice {
  if (!plan) return remediation;
  const { basis: _basis, ...rest } = plan;
  return { ...remediation, plan: rest };
}
