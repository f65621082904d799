import { secretNamesOf } from '#lib/rules/notify-secrets';
import type { Rules } from '#lib/rules/rules';
import { SECRET_PREFIX } from '#lib/rules/secret-reference';
import { roleId } from '../names.ts';
import { type Resources, ref, substituted } from './resource.ts';

/**
 * The rights of `notify` that follow from the recipients in the rules file: to read exactly the secrets that the file names, and to publish
 * to its topics of SNS without a key of their own. None if it needs none.
 *
 * @param secretArn the ARN of the folder of the secrets, with `${AWS::…}` in it
 */
export function recipientResources({ notify }: Pick<Rules, 'notify'>, secretArn: string): Resources {
  const secrets = secretNamesOf(notify).map((name) => substituted(`${secretArn}/${SECRET_PREFIX}${name}`));
  const topics = notify.flatMap((target) =>
    target.kind === 'sns' && target.accessKeyId === undefined ? [target.topicArn] : [],
  );
  const Statement = [
    ...(secrets.length > 0 ? [allow('ssm:GetParameters', secrets)] : []),
    ...(topics.length > 0 ? [allow('sns:Publish', [...new Set(topics)])] : []),
  ];
  if (Statement.length === 0) return {};
  return {
    RecipientsPolicy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'recipients',
        Roles: [ref(roleId('notify'))],
        PolicyDocument: { Version: '2012-10-17', Statement },
      },
    },
  };
}

function allow(Action: string, Resource: readonly unknown[]) {
  return { Effect: 'Allow', Action, Resource };
}
