import { isRecord } from '#lib/is-record';
import { targetOf } from './functions-and-queues.ts';
import { intrinsicIn } from './intrinsic.ts';
import { sampleOf } from './sample.ts';
import { type Finding, ofType, type Template } from './template.ts';

const ROLE = 'AWS::IAM::Role';
const POLICY = 'AWS::IAM::Policy';

/** IAM's limits of all inline policies of a role, and of its trust policy, without white space (IAM User Guide, "IAM and AWS STS quotas"). */
const INLINE_CHARACTERS = 10_240;
const TRUST_CHARACTERS = 2_048;

/** Checks the policies of roles: their form, and their sizes with the ARNs of a deployment. */
export function checkPolicies(template: Template): Finding[] {
  const attached = ofType(template, POLICY);
  const roles = ofType(template, ROLE).flatMap(({ logicalId, properties }) => {
    const own = listOf(properties['Policies']).map((policy) => documentOf(policy));
    const others = attached
      .filter((policy) => listOf(policy.properties['Roles']).some((role) => targetOf(role) === logicalId))
      .map((policy) => documentOf(policy.properties));
    const size = [...own, ...others].reduce<number>(
      (sum, document) => sum + charactersOf(template, document),
      0,
    );
    const { AssumeRolePolicyDocument: trust } = properties;
    const trustSize = charactersOf(template, trust);
    const place = `${logicalId} (${ROLE})`;
    return [
      ...(size > INLINE_CHARACTERS
        ? [`${place}: Policies have ${size} characters together, but IAM takes ${INLINE_CHARACTERS}`]
        : []),
      ...(trustSize > TRUST_CHARACTERS
        ? [
            `${place}: AssumeRolePolicyDocument has ${trustSize} characters, but IAM takes ${TRUST_CHARACTERS}`,
          ]
        : []),
      ...own.flatMap((document, index) =>
        statementProblems(document, `${place}: Policies[${index}].PolicyDocument`, 'Resource'),
      ),
      ...statementProblems(trust, `${place}: AssumeRolePolicyDocument`, 'Principal'),
    ];
  });
  return [
    ...roles,
    ...attached.flatMap(({ logicalId, properties }) =>
      statementProblems(documentOf(properties), `${logicalId} (${POLICY}): PolicyDocument`, 'Resource'),
    ),
  ];
}

function documentOf(policy: unknown): unknown {
  return isRecord(policy) ? policy['PolicyDocument'] : undefined;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** White space does not count, and JSON without indentation has none between its parts. */
function charactersOf(template: Template, document: unknown): number {
  if (document === undefined) return 0;
  return JSON.stringify(sampleOf(template, document)).replaceAll(/\s/g, '').length;
}

const ELEMENTS = /^(Sid|Effect|(Not)?Action|(Not)?Resource|(Not)?Principal|Condition)$/;
const ACTION = /^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/;
const ARN = /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+)$/;

function statementProblems(document: unknown, place: string, subject: 'Resource' | 'Principal'): Finding[] {
  if (!isRecord(document) || intrinsicIn(document)) return [];
  const version =
    document['Version'] === '2012-10-17'
      ? []
      : [`${place}.Version must be 2012-10-17, or variables have no effect`];
  const statements = listOf(document['Statement']);
  const none = statements.length === 0 ? [`${place}.Statement must be a list of statements`] : [];
  return [
    ...version,
    ...none,
    ...statements.flatMap((statement, index) => {
      const at = `${place}.Statement[${index}]`;
      if (!isRecord(statement)) return [`${at} must be an object`];
      const { Effect: effect, Action: action, NotAction: notAction } = statement;
      const actions = [action ?? notAction ?? []].flat();
      const resources = [statement['Resource'] ?? statement['NotResource'] ?? []].flat();
      return [
        ...Object.keys(statement)
          .filter((name) => !ELEMENTS.test(name))
          .map((name) => `${at}.${name} is no element of a statement`),
        ...(effect === 'Allow' || effect === 'Deny' ? [] : [`${at}.Effect must be Allow or Deny`]),
        ...(actions.length === 0 ? [`${at}.Action is required`] : []),
        ...actions
          .filter((one) => typeof one !== 'string' || !ACTION.test(one))
          .map((one) => `${at}.Action ${JSON.stringify(one)} is not of the form service:Action`),
        ...(subject in statement || `Not${subject}` in statement ? [] : [`${at}.${subject} is required`]),
        ...resources
          .filter((one) => typeof one === 'string' && !ARN.test(one))
          .map((one) => `${at}.Resource ${JSON.stringify(one)} is no ARN`),
      ];
    }),
  ];
}
