import { secretNamesOf } from '#lib/rules/notify-secrets';
import type { Rules } from '#lib/rules/rules';
import { SECRET_PREFIX } from '#lib/rules/secret-reference';
import { type Resources, substituted } from './resource.ts';
import { allow, policyResources, type TemplateStatement } from './roles.ts';

/** The function that sends notices. */
export const NOTIFY = 'notify';

/**
 * The rights of `notify` that follow from the recipients in the rules file: to read exactly the secrets that the file names, and to publish
 * to its topics of SNS without a key of their own. None if it needs none.
 *
 * @param secretArn the ARN of the folder of the secrets, with `${AWS::…}` in it
 */
export function recipientResources(rules: Pick<Rules, 'notify'>, secretArn: string): Resources {
  return policyResources('RecipientsPolicy', 'recipients', [NOTIFY], recipientStatements(rules, secretArn));
}

/** The statements of these rights. */
export function recipientStatements(
  { notify }: Pick<Rules, 'notify'>,
  secretArn: string,
): TemplateStatement[] {
  const secrets = secretNamesOf(notify).map((name) => substituted(`${secretArn}/${SECRET_PREFIX}${name}`));
  const topics = notify.flatMap((target) =>
    target.kind === 'sns' && target.accessKeyId === undefined ? [target.topicArn] : [],
  );
  return [
    ...(secrets.length > 0 ? [allow('ssm:GetParameters', secrets)] : []),
    ...(topics.length > 0 ? [allow('sns:Publish', [...new Set(topics)])] : []),
  ];
}
