import { endpointOf } from '#lib/aws/endpoint';
import { signAws } from '#lib/aws/sign';
import { withoutLinks } from '../words/escape.ts';
import type { Message } from '../words/message.ts';
import { topicText } from '../words/topic-text.ts';
import type { Kind, ReadReply } from './kind.ts';

// docs.aws.amazon.com/sns/latest/api/API_Publish.html: the subject has fewer than 100 characters of printable ASCII and begins with a
// letter, a digit or punctuation; the message has 256 KB at most, in UTF-8.
const MAX_SUBJECT = 99;
const MAX_MESSAGE_BYTES = 256 * 1024;

/** A request of the Query protocol. */
const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

/** A topic of AWS SNS. */
export const sns: Kind<'sns'> = {
  request({ message }, { topicArn, accessKeyId, secretAccessKey, url: text }, { awsCredentials, now }) {
    const own =
      accessKeyId !== undefined && secretAccessKey !== undefined
        ? { accessKeyId, secretAccessKey }
        : undefined;
    const credentials = own ?? awsCredentials;
    if (!credentials)
      throw new TypeError(
        'There is no key to sign a request to SNS: set accessKeyId and secretAccessKey of the recipient',
      );
    const region = topicArn.split(':')[3] ?? '';
    const url = new URL(text ?? endpointOf('sns', region));
    const body = new URLSearchParams(parametersOf(message, topicArn)).toString();
    const headers = signAws({ service: 'sns', region, url, headers: FORM, body }, credentials, now);
    return {
      url,
      headers: { ...headers, accept: 'application/xml', 'user-agent': 'poolkeeper' },
      body: Buffer.from(body),
      readReply,
    };
  },
};

function parametersOf(message: Message, topicArn: string): Record<string, string> {
  const { id, incident, title } = message;
  return {
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: topicArn,
    Subject: subjectOf(withoutLinks(title)),
    Message: topicText(message, MAX_MESSAGE_BYTES),
    // A FIFO topic keeps the notices of one incident in order, and drops copies of a notice.
    ...(topicArn.endsWith('.fifo') && {
      MessageGroupId: incident.slice(0, 128).replaceAll(/[^!-~]/g, '_'),
      MessageDeduplicationId: id,
    }),
  };
}

function subjectOf(title: string): string {
  const ascii = title.replaceAll(/[^ -~]/g, '?').trimStart();
  return ascii.length <= MAX_SUBJECT ? ascii : `${ascii.slice(0, MAX_SUBJECT - 3)}...`;
}

/** Errors of the client's side that pass: too many requests, and a key that is about to be renewed. */
const PASSING = /^(?:Throttl|RequestThrottled|RequestLimitExceeded|ExpiredToken|KMSThrottling)/;

/** SNS says in XML why it refuses. */
const readReply: ReadReply = ({ status, body }) => {
  if (status < 400 || status >= 500) return undefined;
  const [, code] = /<Code>([A-Za-z]{1,60})<\/Code>/.exec(body) ?? [];
  if (code === undefined) return undefined;
  return { outcome: PASSING.test(code) ? 'failed' : 'refused', why: `answered ${status} ${code}` };
};
