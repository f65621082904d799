import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';
import type { NoticeRequest } from '#lib/notify/post';
import { readBody } from '../notify-bench.ts';
import type { KINDS } from './recipients.ts';
import { SECRETS } from './recipients.ts';

// The requests that each receiver takes, as its own page describes them, and a check of its signature. Unknown fields are
// refused, where the page has a table of all.

const plainText = (most: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(most),
    emoji: z.literal(false),
  });

/** docs.slack.dev/reference/block-kit/blocks */
const SlackBlocks = z
  .array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('header'), text: plainText(150) }),
      z.strictObject({
        type: z.literal('section'),
        text: z.union([
          plainText(3_000),
          z.strictObject({
            type: z.literal('mrkdwn'),
            verbatim: z.literal(true),
            // Links of our own, and nothing else.
            text: z
              .string()
              .regex(/^<https:[^<>|\s]+\|[A-Za-z ]+>(?: {2}· {2}<https:[^<>|\s]+\|[A-Za-z ]+>)*$/),
          }),
        ]),
      }),
      z.strictObject({ type: z.literal('context'), elements: z.array(plainText(3_000)).min(1).max(10) }),
    ]),
  )
  .min(1)
  .max(50);

const SlackMessage = z.strictObject({
  text: z.string().min(1).max(40_000),
  blocks: SlackBlocks,
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
});

const larkText = z.strictObject({ tag: z.literal('plain_text'), content: z.string().min(1) });

/** open.feishu.cn/document/client-docs/bot-v3/add-custom-bot, and the card of version 1. */
const FeishuMessage = z.strictObject({
  timestamp: z.string().regex(/^\d{10}$/),
  sign: z.base64(),
  msg_type: z.literal('interactive'),
  card: z.strictObject({
    config: z.strictObject({ wide_screen_mode: z.boolean() }),
    header: z.strictObject({ template: z.enum(['red', 'orange', 'yellow', 'blue']), title: larkText }),
    elements: z
      .array(
        z.discriminatedUnion('tag', [
          z.strictObject({ tag: z.literal('div'), text: larkText }),
          z.strictObject({
            tag: z.literal('action'),
            actions: z.array(
              z.strictObject({
                tag: z.literal('button'),
                text: larkText,
                type: z.enum(['primary', 'default']),
                url: z.url(),
              }),
            ),
          }),
          z.strictObject({ tag: z.literal('note'), elements: z.array(larkText) }),
        ]),
      )
      .min(1),
  }),
});

/** open.dingtalk.com/document/robots/custom-robot-access */
const DingtalkMessage = z.strictObject({
  msgtype: z.literal('markdown'),
  markdown: z.strictObject({ title: z.string().min(1), text: z.string().min(1) }),
  at: z.strictObject({ atMobiles: z.array(z.never()), isAtAll: z.literal(false) }),
});

/** developer.work.weixin.qq.com/document/path/91770 */
const WecomMessage = z.strictObject({
  msgtype: z.literal('markdown'),
  markdown: z.strictObject({
    content: z.string().refine((text) => Buffer.byteLength(text) <= 4_096, 'more than 4096 bytes'),
  }),
});

const textRun = z.strictObject({
  type: z.literal('TextRun'),
  text: z.string(),
  weight: z.enum(['Bolder']).optional(),
  size: z.enum(['Medium', 'Small']).optional(),
  color: z.enum(['Attention', 'Warning', 'Default']).optional(),
  isSubtle: z.boolean().optional(),
});

/** adaptivecards.io/explorer, and learn.microsoft.com/connectors/teams for what is around the card. */
const TeamsMessage = z.strictObject({
  type: z.literal('message'),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal('application/vnd.microsoft.card.adaptive'),
        contentUrl: z.null(),
        content: z.strictObject({
          $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
          type: z.literal('AdaptiveCard'),
          version: z.literal('1.4'),
          msteams: z.strictObject({ width: z.literal('Full') }),
          body: z
            .array(z.strictObject({ type: z.literal('RichTextBlock'), inlines: z.array(textRun).min(1) }))
            .min(1),
          actions: z
            .array(z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string(), url: z.url() }))
            .max(6)
            .optional(),
        }),
      }),
    )
    .length(1),
});

/** developer.pagerduty.com/docs/events-api-v2/trigger-events */
const PagerdutyEvent = z.strictObject({
  routing_key: z.string().length(32),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string().min(1).max(255),
  payload: z.strictObject({
    summary: z.string().min(1).max(1_024),
    source: z.string().min(1).max(1_024),
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    timestamp: z.iso.datetime(),
    component: z.string(),
    class: z.string(),
    custom_details: z.record(z.string(), z.string()),
  }),
  links: z.array(z.strictObject({ href: z.url(), text: z.string() })),
  client: z.string(),
  client_url: z.url().optional(),
});

/** docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const SnsParameters = z.strictObject({
  Action: z.literal('Publish'),
  Version: z.literal('2010-03-31'),
  TopicArn: z.string().startsWith('arn:aws:sns:'),
  Subject: z.string().regex(/^[!-~][ -~]{0,98}$/),
  Message: z.string().refine((text) => Buffer.byteLength(text) <= 262_144, 'more than 256 KB'),
  MessageGroupId: z.string().max(128).optional(),
  MessageDeduplicationId: z.string().max(128).optional(),
});

/** support.huaweicloud.com/api-smn/PublishMessage.html. smn.test.ts compares the signature with that of Huawei's SDK. */
const SmnBody = z.strictObject({
  subject: z.string().refine((text) => Buffer.byteLength(text) <= 512, 'more than 512 bytes'),
  message: z.string().refine((text) => Buffer.byteLength(text) <= 262_144, 'more than 256 KB'),
});

const Notice = z.object({ version: z.literal('1'), id: z.string(), title: z.string(), text: z.string() });

export type ReceiverName = (typeof KINDS)[number];

/** Throws if a receiver would not take a request. The largest size of a body is in bytes. */
export async function checkRequest(name: ReceiverName, request: NoticeRequest, now: number): Promise<void> {
  const { schema, maxBytes, verify } = RECEIVERS[name];
  const body = readBody(request);
  schema.parse(body);
  if (request.body.byteLength > maxBytes)
    throw new Error(`${name}: ${request.body.byteLength} of ${maxBytes} bytes`);
  await verify?.(request, body, now);
}

type Receiver = {
  schema: z.ZodType;
  maxBytes: number;
  verify?: (request: NoticeRequest, body: any, now: number) => void | Promise<void>;
};

const RECEIVERS: Record<ReceiverName, Receiver> = {
  webhook: { schema: Notice, maxBytes: 400_000 },
  slack: { schema: SlackMessage, maxBytes: 100_000 },
  'slack-bot': {
    schema: SlackMessage.extend({
      channel: z.string(),
      thread_ts: z
        .string()
        .regex(/^\d+\.\d+$/)
        .optional(),
      reply_broadcast: z.boolean().optional(),
    }),
    maxBytes: 100_000,
    verify({ url, headers }) {
      mustBe(url.href, 'https://slack.com/api/chat.postMessage');
      mustBe(headers['authorization'], `Bearer ${SECRETS.BOT}`);
      mustBe(headers['content-type'], 'application/json; charset=utf-8');
    },
  },
  feishu: {
    schema: FeishuMessage,
    maxBytes: 20 * 1024,
    verify(_request, { timestamp, sign }, now) {
      if (Math.abs(now / 1000 - Number(timestamp)) > 3_600) throw new Error('19021: the time is off');
      mustBe(sign, createHmac('sha256', `${timestamp}\n${SECRETS.FEISHU_KEY}`).digest('base64'));
    },
  },
  dingtalk: {
    schema: DingtalkMessage,
    maxBytes: 20_000,
    verify({ url }, _body, now) {
      const { timestamp = '', sign = '', access_token: token } = Object.fromEntries(url.searchParams);
      mustBe(token, '41f8d2');
      if (Math.abs(now - Number(timestamp)) > 3_600_000) throw new Error('310000: the time is off');
      const key = SECRETS.DING_KEY;
      mustBe(sign, createHmac('sha256', key).update(`${timestamp}\n${key}`).digest('base64'));
      // A `+` in a query is a space.
      if (/[+ ]/.test(url.search)) throw new Error('310000: the sign is not encoded');
    },
  },
  wecom: { schema: WecomMessage, maxBytes: 20_000 },
  teams: { schema: TeamsMessage, maxBytes: 28_000 },
  pagerduty: {
    schema: PagerdutyEvent,
    maxBytes: 512 * 1024,
    verify({ url }) {
      mustBe(url.href, 'https://events.pagerduty.com/v2/enqueue');
    },
  },
  smn: { schema: SmnBody, maxBytes: 300_000 },
  sns: { schema: SnsParameters, maxBytes: 2_000_000, verify: verifySignatureV4 },
};

/** As AWS does: signs the same request again, with another implementation. */
async function verifySignatureV4({ url, headers, body }: NoticeRequest, _body: unknown, now: number) {
  const { authorization = '', 'x-amz-date': date } = headers;
  const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const sent: Record<string, string> = {
    ...headers,
    host: url.host,
    'content-length': String(body.byteLength),
  };
  const signer = new SignatureV4({
    service: 'sns',
    region: 'eu-central-1',
    credentials: { accessKeyId: SECRETS.AWS_ID, secretAccessKey: SECRETS.AWS_KEY },
    sha256: Sha256,
    applyChecksum: false,
  });
  const again = await signer.sign(
    {
      method: 'POST',
      protocol: 'https:',
      hostname: url.hostname,
      path: url.pathname,
      query: {},
      headers: Object.fromEntries(
        signed.filter((name) => name !== 'x-amz-date').map((name) => [name, sent[name] ?? '']),
      ),
      body: Buffer.from(body).toString(),
    },
    { signingDate: new Date(now), signableHeaders: new Set(signed) },
  );
  mustBe(date, again.headers['x-amz-date']);
  mustBe(authorization.replaceAll(/\s/g, ''), again.headers['authorization']?.replaceAll(/\s/g, ''));
}

class Sha256 {
  readonly #hash;
  constructor(key?: any) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(key));
  }
  update(data: any): void {
    this.#hash.update(typeof data === 'string' ? data : Buffer.from(data));
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
  reset(): void {}
}

function mustBe(seen: unknown, expected: unknown): void {
  if (seen !== expected) throw new Error(`${String(seen)} is not ${String(expected)}`);
}
