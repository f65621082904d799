import type { ShownRemediation as Remediation } from '#lib/ledger/listing/shown';
import type { RemediationState } from '#lib/rules/state';

// The answers of the HTTP API, as docs/reference/api.md describes them. Only what the page shows; a field that may be absent says so.

export type { ShownRemediation as Remediation } from '#lib/ledger/listing/shown';
export type { Receipt } from '#lib/ledger/receipts/receipt';
export type { RemediationState } from '#lib/rules/state';

export type Plan = NonNullable<Remediation['plan']>;

export type RemediationsPage = { remediations: Remediation[]; next?: string; unreadable?: string[] };

export type NodeState = 'well' | 'out' | 'held' | 'waiting' | 'cooldown' | 'broken' | 'unknown';

export type PoolNode = {
  node: string;
  pool: string;
  state: NodeState;
  why?: string;
  phase?: string;
  nodePool?: string;
  flavor?: string;
  address?: string;
  driver?: unknown;
  hold?: { remediation: string; action?: string; since?: string; disruptive?: boolean };
  supernode?: string;
  redundant?: boolean;
  cooldownUntil?: string;
  remediation?: string;
};

export type NodesPage = { nodes: PoolNode[]; next?: string };

export type NodeDetail = PoolNode & {
  history?: Readonly<Record<string, unknown>>;
  rounds?: { rule: string; used: number; limit?: number; oldest?: string }[];
  alerts?: { alert: string; name?: string; rule?: string; since?: string; delivery?: string }[];
  remediations?: { id: string; action: string; state: RemediationState; why?: string; createdAt: string }[];
  tags?: Readonly<Record<string, { value: string; at?: string; policy?: string; remediation?: string }>>;
};

export type PoolWindow = { open: boolean; why?: string; zone?: string; next?: string; rules?: string[] };

export type Pool = {
  id: string;
  name: string;
  reading?: { at: string };
  failing?: { since: string; why: string };
  nodes?: {
    total: number;
    phases?: Readonly<Record<string, number>>;
    states?: Readonly<Partial<Record<NodeState, number>>>;
  };
  outOfService?: { node: string; by: 'poolkeeper' | 'others'; why: string; remediation?: string }[];
  outOfServiceTotal?: number;
  held?: {
    node?: string;
    nodePool?: string;
    remediation: string;
    action?: string;
    since?: string;
    disruptive?: boolean;
  }[];
  budget?: {
    limit: number;
    out: number;
    free: number;
    day?: { limit: number; spent: number; free: number };
    why?: string;
    exceededSince?: string;
  };
  /** Why the pool is taken one node at a time. */
  slowed?: string;
  storm?: { why?: string; since: string; until?: string; nodes?: number };
  breaker?: {
    why?: string;
    state: 'open' | 'careful';
    failures?: number;
    openedAt?: string;
    openUntil?: string;
  };
  window?: PoolWindow;
  windows?: PoolWindow[];
  waiting?: {
    remediation: string;
    action?: string;
    since?: string;
    waitsFor?: string;
    until?: string;
    why?: string;
  }[];
  waitingTotal?: number;
};

export type PoolsAnswer = { pools: Pool[] };

export type JournaledAlert = {
  alert: string;
  status?: string;
  startsAt?: string;
  labels?: Readonly<Record<string, string>>;
  named?: string[];
  rule?: string;
  pool?: string;
  remediation?: string;
  ignored?: string;
};

export type Delivery = {
  delivery: string;
  at: string;
  source: string;
  sender?: string;
  status?: number;
  why?: string;
  truncated?: number;
  alerts?: JournaledAlert[];
};

export type EventsPage = { events: Delivery[]; next?: string };

export type DeadLetter = {
  id: string;
  queue?: string;
  function?: string;
  at?: string;
  reason?: string;
  errors?: unknown[];
  remediation?: string;
  advice?: string;
  worthRedriving?: boolean;
  canRedrive?: boolean;
  /** The message in a few words. */
  what?: string;
};

/** `hidden`: letters that another reader holds for a moment. */
export type DeadLettersPage = { deadLetters: DeadLetter[]; next?: string; hidden?: number };

export const roles = ['read', 'command', 'approve', 'admin'] as const;
export type Role = (typeof roles)[number];

export type Me = {
  name: string;
  role: Role;
  /** The keys of the routes that the person may ask for. */
  may?: readonly string[];
  system?: { simulated?: boolean; project?: string; region?: string; version?: string };
};
