import { incidentEnds } from '#events/notice';
import { contentId } from '#lib/hash';
import type { ShownState } from '#lib/ledger/listing/shown';
import { entryOf } from '#lib/remediation/record/outbox';
import { poolOf } from '#lib/rules/pool';
import type { Rules } from '#lib/rules/rules';
import { severities, severityOf } from '#lib/rules/severity';
import type { RemediationState } from '#lib/rules/state';
import { type DatedNotice, noticeId } from './entry.ts';
import { digestMessage } from './words/digest.ts';
import { type Incident, incidentWords } from './words/incident.ts';
import type { BaseUrl } from './words/links.ts';
import { type Link, type Message, type Step, textOf } from './words/message.ts';
import { type Destruction, remediationWords, steps } from './words/remediation.ts';

/** A remediation as GET shows it, without its long fields. */
export type RemediationInNotice = Omit<ShownState, 'plan'> & {
  plan?: Omit<NonNullable<ShownState['plan']>, 'basis'>;
};

/** The body for a webhook. docs/rules/reference.md describes each field. Version 1 only ever gains fields. */
export type NoticeBody = {
  version: '1';
  /** The same for every copy of a notice. */
  id: string;
  kind: DatedNotice['kind'] | 'digest';
  severity: string;
  /** One line. */
  title: string;
  /** A few lines that begin with the title. */
  text: string;
  /** The time of the event. */
  at: string;
  /** Absent: the event concerns no single pool. */
  pool?: { id: string; name?: string };
  /** A path of the HTTP API. */
  link: string;
  /** The state of the event. `remediation` has the present state. */
  state?: RemediationState;
  incident?: Incident['incident'];
  remediation?: RemediationInNotice;
  /** The task of a person. Absent: none. */
  todo?: string;
  /** The end of the time for it, or for the work. */
  until?: string;
  /** The targets that an approval destroys. */
  destroys?: Destruction;
  /** Pages of the console. Empty if Poolkeeper does not know its own address. */
  links: readonly Link[];
  /** The same for all notices of one ladder, or of one trouble of a pool. */
  thread: string;
  /** The notices of a digest, each without its plan. */
  notices?: readonly NoticeBody[];
};

/** A notice for a machine, and for people. */
export type Told = { body: NoticeBody; message: Message };

/** The event of a remediation: its entry into a state, or a rung of its ladder that notifies. */
export function remediationTold(
  notice: Extract<DatedNotice, { kind: 'remediation' | 'rung' }>,
  remediation: ShownState,
  rules: Rules,
  base: BaseUrl,
): Told {
  const pool = poolIn(rules, remediation.pool);
  const poolName = pool.name ?? pool.id;
  const entry = notice.kind === 'remediation' ? notice : undefined;
  const { state, since } = entry ?? entryOf(remediation);
  const place = { poolName, zone: zoneOf(rules, remediation.pool), base };
  const { title, lines, links, ...task } = remediationWords(remediation, entry, place);
  const severity = notice.kind === 'rung' ? (notice.severity ?? 'warning') : severities[notice.state];
  const id = noticeId(notice);
  const thread = threadOf(remediation);
  return {
    body: {
      version: '1',
      id,
      kind: notice.kind,
      severity,
      title,
      text: textOf({ title, lines, links }),
      at: since,
      state,
      pool,
      link: `/remediations/${encodeURIComponent(remediation.id)}`,
      remediation: inNotice(remediation),
      ...task,
      links,
      thread,
    },
    message: {
      id,
      severity: severityOf(severity),
      title,
      lines,
      links,
      at: since,
      incident: thread,
      step: notice.kind === 'rung' ? 'opened' : stepOf(notice.state, remediation.state),
      source: poolName,
      about: remediation.action,
    },
  };
}

/** The event of a whole pool, or of a source of alerts. */
export function incidentTold(notice: Incident, rules: Rules, base: BaseUrl): Told {
  const pool = notice.pool === undefined ? undefined : poolIn(rules, notice.pool);
  const link = linkOf(notice, pool);
  const poolName = pool?.name ?? pool?.id;
  const place = { poolName, zone: zoneOf(rules, notice.pool), base };
  const { title, lines, links, todo } = incidentWords(notice, place, link);
  const isOver = BEGINNINGS.has(notice.incident);
  const severity = isOver ? 'info' : 'critical';
  const id = noticeId(notice);
  const trouble = BEGINNINGS.get(notice.incident) ?? notice.incident;
  const thread = contentId(['incident', trouble, notice.pool ?? null, notice.about ?? null]);
  return {
    body: {
      version: '1',
      id,
      kind: 'incident',
      severity,
      title,
      text: textOf({ title, lines, links }),
      at: notice.at,
      incident: notice.incident,
      ...(pool && { pool }),
      link,
      todo,
      links,
      thread,
    },
    message: {
      id,
      severity,
      title,
      lines,
      links,
      at: notice.at,
      incident: thread,
      step: isOver ? 'over' : 'opened',
      source: poolName ?? notice.about ?? 'poolkeeper',
      about: notice.incident,
    },
  };
}

function linkOf({ incident, about }: Incident, pool: { id: string } | undefined): string {
  if (pool) return `/remediations?pool=${encodeURIComponent(pool.id)}`;
  if (incident === 'recipient-silent' || incident === 'recipient-back') return '/dead-letters';
  return `/events?sender=${encodeURIComponent(about ?? '')}`;
}

/** Several notices in one message. `told`: at least two. */
export function digestTold(id: string, told: readonly Told[], base: BaseUrl): Told {
  const listed = told.map(({ body, message }) => ({
    message,
    occasion: body.incident ?? body.state ?? body.kind,
    isForApproval: body.remediation?.state === 'awaiting-approval',
  }));
  const message = digestMessage(id, listed, base);
  const { severity, title, at, links } = message;
  const pools = new Set(told.map(({ body }) => body.pool?.id));
  const pool = pools.size === 1 ? told[0]?.body.pool : undefined;
  return {
    body: {
      version: '1',
      id,
      kind: 'digest',
      severity,
      title,
      text: textOf(message),
      at,
      ...(pool && { pool }),
      link: pool ? `/remediations?pool=${encodeURIComponent(pool.id)}` : '/remediations',
      links,
      thread: message.incident,
      notices: told.map(({ body: { remediation, ...body } }) => ({
        ...body,
        ...(remediation && { remediation: withoutPlan(remediation) }),
      })),
    },
    message,
  };
}

/** A plan may be large, and there may be many. */
function withoutPlan({ plan: _plan, ...remediation }: RemediationInNotice): RemediationInNotice {
  return remediation;
}

/** The incidents that say the end of another, each with the one that has ended. */
const BEGINNINGS = new Map<Incident['incident'], string>(
  Object.entries(incidentEnds).map(([beginning, end]) => [end, beginning]),
);

/** A notice that is sent after its remediation has ended well begins no alarm. */
function stepOf(state: RemediationState, stateNow: RemediationState): Step {
  return steps[stateNow] === 'over' ? 'over' : steps[state];
}

/** All rungs of a ladder, and the steps after it, are one story. */
function threadOf({ id, ladder, resolution }: ShownState): string {
  return ladder?.root ?? resolution?.root ?? id;
}

function poolIn(rules: Rules, id: string): { id: string; name?: string } {
  const pool = poolOf(rules, id);
  return pool ? { id: pool.id, name: pool.name } : { id };
}

/** The time zone of a pool's first window: people give its times in it. */
function zoneOf(rules: Rules, pool: string | undefined): string {
  const found = pool === undefined ? undefined : poolOf(rules, pool);
  return found?.windows[0]?.timezone ?? 'UTC';
}

function inNotice({ plan, ...remediation }: ShownState): RemediationInNotice {
  if (!plan) return remediation;
  const { basis: _basis, ...rest } = plan;
  return { ...remediation, plan: rest };
}
