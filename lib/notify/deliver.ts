import type { AwsKey } from '#lib/aws/sign';
import type { Invocation } from '#lib/handler/invocation';
import { hideFromLogs } from '#lib/log';
import type { AccessKey } from '#lib/modelarts/client/access-key';
import type { Renewable } from '#lib/renewable';
import { revealed } from '#lib/rules/notify-secrets';
import { SECRET_PREFIX, type Secrets } from '#lib/rules/secret-reference';
import type { Outgoing, Signing } from './kinds/kind.ts';
import { requestTo } from './kinds/table.ts';
import type { Delivery, NoticeRequest, Post } from './post.ts';
import type { Recipient } from './recipients.ts';

export type DeliverServices = {
  post: Post;
  clock: { now(): number };
  /** The secrets that the rules file names. */
  secrets: Renewable<Secrets>;
  /** The key that signs requests to SMN. Absent if the rules name no topic. */
  accessKey?: AccessKey;
  /** The key of the function's role on AWS. Absent on a machine without one. */
  awsCredentials?: AwsKey;
  /** The address of the running system, without a slash at its end. Absent: notices have no links. */
  baseUrl?: string;
};

/** A recipient that does not answer in this time is tried again later. */
const TIMEOUT_MS = 10_000;

/**
 * Sends a notice to one recipient, once. A refusal may mean that a secret or the access key has changed: they are read again, and if one has
 * changed, the notice is sent a second time.
 *
 * @returns the result. A missing secret is a failure that names it; another try may find it.
 */
export async function deliver(
  recipient: Recipient,
  outgoing: Outgoing,
  services: DeliverServices,
  { deadlineMs, signal }: Pick<Invocation, 'deadlineMs' | 'signal'>,
): Promise<Delivery> {
  const { post, clock, secrets, awsCredentials } = services;
  const accessKey = recipient.target.kind === 'smn' ? services.accessKey : undefined;

  async function send(made: NoticeRequest): Promise<Delivery> {
    const now = clock.now();
    const timeoutMs = Math.min(TIMEOUT_MS, deadlineMs - now);
    if (timeoutMs <= 0) return { outcome: 'failed', why: 'was not asked: the function had to end' };
    return post(made, { timeoutMs, signal, now });
  }

  async function make(): Promise<NoticeRequest | Delivery> {
    const credentials = await accessKey?.current();
    const signing = { credentials, awsCredentials, now: clock.now() };
    return addressed(recipient, outgoing, await secrets.current(), signing);
  }

  const first = await make();
  const delivery = 'outcome' in first ? first : await send(first);
  if (!mayBeOutdated(delivery, first)) return delivery;
  const renewed = await Promise.all([secrets.renew(), accessKey?.renew()]);
  if (!renewed.includes(true)) return delivery;
  const second = await make();
  if ('outcome' in second) return second;
  return isSame(first, second) ? delivery : send(second);
}

/** A request, or why there is none. From then on no log shows the secrets in it. */
function addressed(
  { target }: Recipient,
  outgoing: Outgoing,
  secrets: Secrets,
  signing: Signing,
): NoticeRequest | Delivery {
  const shown = revealed(target, secrets);
  if ('missing' in shown) {
    const variables = shown.missing.map((name) => SECRET_PREFIX + name).join(', ');
    return { outcome: 'failed', why: `was not asked: ${variables} is not set` };
  }
  const url = 'url' in shown.target ? shown.target.url : undefined;
  if (url !== undefined && !isHttpUrl(url))
    return { outcome: 'failed', why: 'was not asked: its URL, with its secrets, is not an http(s) URL' };
  const request = requestTo(shown.target, outgoing, signing);
  hideFromLogs([...shown.used, ...secretsIn(request.url)]);
  const { accessKey, secretKey } = signing.credentials ?? {};
  return {
    ...request,
    secrets: [...shown.used, ...[accessKey, secretKey].filter((part) => part !== undefined)],
  };
}

function isHttpUrl(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}

/** A person who knows the URL of a webhook may post to it. */
function secretsIn({ href, pathname, search, password }: URL): string[] {
  const beyondHost = `${pathname}${search}`;
  return [href, password, ...(beyondHost.length >= 16 ? [beyondHost] : [])];
}

function mayBeOutdated(delivery: Delivery, request: NoticeRequest | Delivery): boolean {
  return delivery.outcome === 'refused' || ('outcome' in request && delivery.outcome === 'failed');
}

function isSame(first: NoticeRequest | Delivery, second: NoticeRequest): boolean {
  return (
    'url' in first &&
    first.url.href === second.url.href &&
    (first.secrets ?? []).join('\n') === (second.secrets ?? []).join('\n')
  );
}
