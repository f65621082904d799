import type { Notice } from '#events/notice';
import type { Alert, Ignored } from '#lib/alerts/decide';
import type { Clock } from '#lib/clock';
import type { Door } from '#lib/handler/door';
import type { Invocation } from '#lib/handler/invocation';
import type { HttpRequest } from '#lib/handler/on-http';
import type { Logger } from '#lib/log';

/**
 * An alert as it was received; `endsAt` where its sender knows the end. `lost`: the sender has ended it for this reason, without
 * knowing that the fault is over. `messageId`: the name of the message that reported it, if a
 * delivery may have several; a message that comes again reports nothing.
 */
export type ReceivedAlert = Alert & { endsAt?: string; lost?: string; messageId?: string };

/** A report that is readable and is no alert, and the reason. `labels`: what a person finds it by. */
export type PassedOver = Ignored & { labels?: Readonly<Record<string, string>> };

/** The content of one delivery: the readable alerts, and the reasons why the others are unreadable. */
export type Delivery = {
  source: string;
  /** The name of its sender, as its source authenticated it. */
  sender?: string;
  /** Size of the body. */
  bytes: number;
  /** The sender's own name for its route to here. */
  receiver?: string;
  /** The number of alerts that the sender omitted, by its own count. */
  truncated: number;
  alerts: ReceivedAlert[];
  unreadable: Ignored[];
  /** The journal has them. They are no reason for a warning: a sender may report much besides alerts. */
  passedOver?: PassedOver[];
};

/** The content of a request: alerts, or a change of the subscription that brings alerts. */
export type Reading =
  | { kind: 'alerts'; delivery: Delivery; messageId?: string }
  | {
      kind: 'confirmation';
      messageId: string;
      /** People hear of it, if it leaves a gap that they must close. */
      incident?: Extract<Notice, { kind: 'incident' }>;
      /**
       * Does what the change asks for.
       *
       * @returns the result, for the journal and the sender.
       * @throws HttpProblem 400, or 503 if the sender may try again.
       */
      confirm(log: Logger): Promise<string>;
    };

/** The services that all sources use. */
export type SourceServices = { door: Door; clock: Clock };

/** A source of alerts, one file for each: how it authenticates its sender, and what it reads. */
export type AlertSource<Services extends SourceServices = SourceServices> = {
  /** The time that its sender waits for an answer. Absent: as long as the function runs. */
  answerWithinMs?: number;
  /**
   * Nothing of a request is read before this has returned.
   *
   * @returns the sender's name.
   * @throws HttpProblem 401 or 403; 400 or 413 if the body holds the credential and is unreadable; 503 if it cannot be checked now.
   */
  authenticate(request: HttpRequest, services: Services, invocation: Invocation): Promise<string>;
  /**
   * Reads the request of an authenticated sender.
   *
   * @throws HttpProblem 400 or 413.
   */
  read(request: HttpRequest, services: Services): Reading;
};
