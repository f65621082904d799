import type { AwsKey } from '#lib/aws/sign';
import type { Credentials } from '#lib/http/signature';
import type { NotifyKind, TargetOf } from '#lib/rules/rules';
import type { NoticeBody } from '../body.ts';
import type { Delivery, NoticeRequest } from '../post.ts';
import type { Message } from '../words/message.ts';

/** A notice on its way to one recipient. */
export type Outgoing = {
  message: Message;
  /** The body for machines. */
  body: NoticeBody;
  /** The receiver's name for the thread of its incident. Absent: the notice begins one, if the receiver has threads. */
  thread?: string;
};

/** The keys of this process that sign requests, and the time. `now`: milliseconds since the epoch. */
export type Signing = {
  /** The access key of Huawei Cloud. Absent if the rules name no topic of SMN. */
  credentials?: Credentials | undefined;
  /** The key of the function's role on AWS. Absent on a machine without one. */
  awsCredentials?: AwsKey | undefined;
  now: number;
};

/** One kind of recipient: how its receiver takes a notice. */
export type Kind<Name extends NotifyKind> = {
  /**
   * The request that carries a notice. The target has its secrets in place.
   *
   * @throws TypeError if a key that signs is missing; the message says which.
   */
  request(outgoing: Outgoing, target: TargetOf<Name>, signing: Signing): Omit<NoticeRequest, 'secrets'>;
};

/** Reads an answer that the status alone does not explain. Undefined: the status decides. */
export type ReadReply = (reply: { status: number; body: string }) => Delivery | undefined;
