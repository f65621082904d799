/** The forms of an alert from all senders except Alertmanager. */
export const FORMS = [
  'cloud-eye',
  'cloud-eye-event',
  'aom',
  'ce-structured',
  'ce-binary',
  'ce-batch',
  'eventbridge',
  'cloudwatch',
  'sns',
  'device-fault',
  'node-condition',
] as const;
export type Form = (typeof FORMS)[number];

/**
 * The credential of a sender. `team-a`, `team-s`: limited to one of the pools. `kube`: only for events of Kubernetes. `rotated`: the
 * token before the present one. SMN presents its topic.
 */
export type Credential =
  | 'ops'
  | 'rotated'
  | 'team-a'
  | 'team-s'
  | 'kube'
  | 'retired'
  | 'wrong'
  | 'none'
  | 'forged'
  | 'strange';

/** An alert from its beginning to its end, as a sender of another kind reports it. */
export type ReportInput = {
  kind: 'report';
  id: string;
  atMs: number;
  form: Form;
  /** A service of AWS invokes the function, without HTTP. */
  isDirect?: boolean;
  as: Credential;
  /** An alarm of CloudWatch: its end comes by another way than its firing, and SNS does not say its ARN. */
  changesWay?: boolean;
  pool: 'train-a' | 'spare';
  node: string;
  /** The name of the alert: two reports may share it. */
  alert: string;
  /** It does not say when things happened. */
  hasNoTime?: boolean;
  /** Between two reports of the same firing alert, and how many there are. */
  repeatMs: number;
  repeats: number;
  /** When the sender reports that it is over; absent: never. */
  endsAtMs?: number;
  /** So many copies of each message come, each up to so much later. */
  copies?: number;
  copyLateMs?: number;
};

/** A stranger tries tokens, one after another. */
export type GuessInput = { kind: 'guess'; id: string; atMs: number; count: number };

export type SenderInput = ReportInput | GuessInput;
