import { expect, test } from 'vitest';
import { SmnMessage } from '#events/smn';
import { stringToSign } from '#lib/smn/string-to-sign';

// The examples of the page smn_ug_a9003, "Message Signature Verification".

const shared = {
  signature: 'AAAA',
  signature_version: 'v1',
  signing_cert_url: 'https://smn.cn-north-4.myhuaweicloud.com/smn/SMN_cn-north-4_1.pem',
  timestamp: '2016-08-15T07:29:16Z',
};
const notification = {
  ...shared,
  type: 'Notification',
  message: 'My test message',
  message_id: '88c726942175432bac921eafd0036163',
  subject: 'demo',
  topic_urn: 'urn:smn:regionId:74dc9e44d0cc4573adfce91cdfdd3ba9:xxxx',
};
const confirmation = {
  ...shared,
  type: 'SubscriptionConfirmation',
  message: 'You are invited to subscribe to topic: urn:smn:regionId:d91989905b8449b896f3a4f0ad57222d:demo.',
  message_id: 'def5c309cbff44d5a870787ed937edf8',
  subscribe_url: 'https://console.example.com/smn/subscription/confirm?token=t',
  topic_urn: 'urn:smn:regionId:d91989905b8449b896f3a4f0ad57222d:demo',
};

test.each([
  [
    'a notification',
    notification,
    `message
My test message
message_id
88c726942175432bac921eafd0036163
subject
demo
timestamp
2016-08-15T07:29:16Z
topic_urn
urn:smn:regionId:74dc9e44d0cc4573adfce91cdfdd3ba9:xxxx
type
Notification
`,
  ],
  [
    'a confirmation',
    confirmation,
    `message
You are invited to subscribe to topic: urn:smn:regionId:d91989905b8449b896f3a4f0ad57222d:demo.
message_id
def5c309cbff44d5a870787ed937edf8
subscribe_url
https://console.example.com/smn/subscription/confirm?token=t
timestamp
2016-08-15T07:29:16Z
topic_urn
urn:smn:regionId:d91989905b8449b896f3a4f0ad57222d:demo
type
SubscriptionConfirmation
`,
  ],
])('the text of %s is signed line by line', (_, message, text) => {
  expect(stringToSign(SmnMessage.parse(message))).toBe(text);
});

test.each([undefined, null, ''])('a subject that is %j is no part of it', (subject) => {
  const text = stringToSign(SmnMessage.parse({ ...notification, subject }));
  expect(text).not.toContain('subject');
  expect(text).toContain('88c726942175432bac921eafd0036163\ntimestamp\n');
});

test.each([
  ['message_id', 'a\ntype\nb'],
  ['message_id', '../x'],
  ['subject', 'demo\ntimestamp\n2026-08-15T07:29:16Z'],
  ['topic_urn', 'urn:smn:a:b:c\r\n'],
  ['timestamp', '2016-08-15T07:29:16Z\ntopic_urn'],
  ['timestamp', 'yesterday'],
  ['message', 'half a character \ud800'],
  ['signature', 'AAAA\n'],
  ['signature', 'AAA'],
  ['signature', ''],
  ['signature_version', 'v2'],
  ['type', 'notification'],
  ['message', 7],
])('a message whose %s is %j is none', (field, value) => {
  expect(SmnMessage.safeParse({ ...notification, [field]: value }).success).toBe(false);
});
