import type { Outcome } from './classification.ts';
import type { Endpoint } from './endpoint.ts';

/** Codes of failures that this client finds itself. Every other code is the vendor's `error_code`. */
export type ClientCode =
  | 'request-invalid'
  | 'deadline-over'
  | 'aborted'
  | 'credentials-refused'
  | 'credentials-missing'
  | 'connection-failed'
  | 'connection-lost'
  | 'timed-out'
  | 'reply-unreadable'
  | 'reply-unexpected';

export interface ModelArtsFailure {
  readonly endpoint: Pick<Endpoint, 'name' | 'method' | 'idempotent'>;
  /** The path as sent, or its template if it could not be built. */
  readonly path: string;
  readonly outcome: Outcome;
  readonly transient: boolean;
  /** @default false */
  readonly throttled?: boolean | undefined;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly vendorMessage?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** One clause for the reader if no answer gave a reason. */
  readonly reason?: string | undefined;
}

const outcomeText: Record<Outcome, string> = {
  refused: 'was refused',
  'not-sent': 'was not sent',
  unknown: 'may or may not have been done',
};

/**
 * Thrown for every call that did not succeed. `outcome` gives the effect of the call, `transient` whether a later try
 * may succeed, `retrySafe` whether another try is harmless. Never holds a key, a token or a request body.
 */
export class ModelArtsError extends Error {
  override readonly name = 'ModelArtsError';
  /** The endpoint's name. */
  readonly endpoint: string;
  readonly outcome: Outcome;
  /** The call was a read, so its outcome says nothing about any write. */
  readonly isRead: boolean;
  /** A later try may succeed. */
  readonly transient: boolean;
  /** The API asks for fewer calls. */
  readonly throttled: boolean;
  /** The call certainly did nothing, or doing it twice does no harm. */
  readonly retrySafe: boolean;
  /** HTTP status, if the API answered. */
  readonly status?: number | undefined;
  /** The vendor's `error_code`, or a `ClientCode`. */
  readonly code?: string | undefined;
  /** The vendor's `error_msg`. */
  readonly vendorMessage?: string | undefined;
  /** For the vendor's support. */
  readonly requestId?: string | undefined;
  /** The shortest wait before the next try. */
  readonly retryAfterMs?: number | undefined;

  constructor(failure: ModelArtsFailure, options?: ErrorOptions) {
    super(describe(failure), options);
    const { endpoint, outcome } = failure;
    this.endpoint = endpoint.name;
    this.outcome = outcome;
    this.isRead = endpoint.method === 'GET';
    this.transient = failure.transient;
    this.throttled = failure.throttled ?? false;
    this.retrySafe = outcome !== 'unknown' || endpoint.idempotent;
    this.status = failure.status;
    this.code = failure.code;
    this.vendorMessage = failure.vendorMessage;
    this.requestId = failure.requestId;
    this.retryAfterMs = failure.retryAfterMs;
  }
}

function describe(failure: ModelArtsFailure): string {
  const { endpoint, path, outcome, status, code, vendorMessage, requestId, reason } = failure;
  const facts = [status, code, vendorMessage && `"${vendorMessage}"`]
    .filter((fact) => fact !== undefined)
    .join(' ');
  return [
    `${endpoint.name} (${endpoint.method} ${path}) ${endpoint.method === 'GET' && outcome === 'unknown' ? 'could not be read' : outcomeText[outcome]}`,
    facts && `: ${facts}`,
    reason && `${facts ? ', ' : ': '}${reason}`,
    requestId && ` (request id ${requestId})`,
  ]
    .filter(Boolean)
    .join('');
}
