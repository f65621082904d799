import { describe, expect, test } from 'vitest';
import { assertUnderstood, verdictOn } from '#local/cloud/iam/policy';
import type { Call, Statement } from '#local/cloud/iam/statement';

const TABLE = 'arn:aws:dynamodb:eu-central-1:000000000000:table/ledger';

const allow = (part: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action: 'dynamodb:GetItem',
  Resource: TABLE,
  ...part,
});
const call = (part: Partial<Call> = {}): Call => ({ action: 'dynamodb:GetItem', resource: TABLE, ...part });

describe('nothing is allowed by default, and a Deny counts more than an Allow', () => {
  test.each<[string, Statement[], string]>([
    ['no statement', [], 'implicit'],
    ['an Allow', [allow()], 'allowed'],
    ['an Allow of another action', [allow({ Action: 'dynamodb:PutItem' })], 'implicit'],
    ['an Allow of another table', [allow({ Resource: `${TABLE}-2` })], 'implicit'],
    ['an Allow after one of another action', [allow({ Action: 'sqs:*' }), allow()], 'allowed'],
    ['a Deny after an Allow', [allow(), allow({ Effect: 'Deny' })], 'explicit'],
    ['a Deny before an Allow', [allow({ Effect: 'Deny' }), allow()], 'explicit'],
    ['a Deny alone', [allow({ Effect: 'Deny' })], 'explicit'],
    ['a Deny of another action', [allow(), allow({ Effect: 'Deny', Action: 'dynamodb:PutItem' })], 'allowed'],
  ])('%s', (_, statements, verdict) => {
    expect(verdictOn(statements, call())).toBe(verdict);
  });
});

describe('actions and resources', () => {
  test.each<[string, Partial<Statement>, boolean]>([
    ['an action in other letters', { Action: 'DynamoDB:getitem' }, true],
    ['one of several actions', { Action: ['dynamodb:PutItem', 'dynamodb:GetItem'] }, true],
    ['* in an action', { Action: 'dynamodb:*Item' }, true],
    ['? in an action', { Action: 'dynamodb:?etItem' }, true],
    ['? for no letter', { Action: 'dynamodb:GetItem?' }, false],
    ['a part of an action', { Action: 'dynamodb:Get' }, false],
    ['every action', { Action: '*' }, true],
    ['a resource in other letters', { Resource: TABLE.toUpperCase() }, false],
    ['* in a resource', { Resource: 'arn:aws:dynamodb:*:*:table/ledger' }, true],
    ['? in a resource', { Resource: TABLE.replace('ledger', 'l?dger') }, true],
    ['one of several resources', { Resource: ['arn:aws:sqs:::a', TABLE] }, true],
    ['the table of an index', { Resource: `${TABLE}/index/by-time` }, false],
    ['. stands for itself', { Resource: TABLE.replace('ledger', 'ledge.') }, false],
  ])('%s', (_, statement, isAllowed) => {
    expect(verdictOn([allow(statement)], call())).toBe(isAllowed ? 'allowed' : 'implicit');
  });
});

describe('conditions', () => {
  const key = 'dynamodb:LeadingKeys';
  const POOLS = { [key]: ['pool#*', 'mentioned#*'] };
  test.each<[NonNullable<Statement['Condition']>, string[], boolean]>([
    [{ 'ForAllValues:StringLike': POOLS }, ['pool#a', 'mentioned#b'], true],
    [{ 'ForAllValues:StringLike': POOLS }, ['pool#a', 'node#b'], false],
    [{ 'ForAllValues:StringLike': POOLS }, [], true],
    [{ 'ForAnyValue:StringLike': POOLS }, ['pool#a', 'node#b'], true],
    [{ 'ForAnyValue:StringLike': POOLS }, ['node#b'], false],
    [{ 'ForAnyValue:StringLike': POOLS }, [], false],
    [{ StringLike: POOLS }, ['pool#a'], true],
    [{ StringLike: POOLS }, [], false],
    [{ StringLikeIfExists: POOLS }, [], true],
    [{ StringLikeIfExists: POOLS }, ['node#b'], false],
    [{ StringNotLike: POOLS }, ['pool#a'], false],
    [{ StringNotLike: POOLS }, ['node#a'], true],
    [{ StringNotEquals: { [key]: 'pool#a' } }, [], true],
    [{ StringEquals: { [key]: 'pool#*' } }, ['pool#a'], false],
    [{ StringEquals: { [key]: 'pool#*' } }, ['pool#*'], true],
    [{ StringEqualsIgnoreCase: { [key.toUpperCase()]: 'POOL#A' } }, ['pool#a'], true],
    [{ StringEquals: { [key]: 'pool#a' }, StringNotEquals: { [key]: 'pool#a' } }, ['pool#a'], false],
    [{ StringEquals: { [key]: 'pool#a', 'aws:sourceaccount': '1' } }, ['pool#a'], false],
  ])('%j of %j', (Condition, values, isAllowed) => {
    const asked = call({ context: { 'dynamodb:leadingkeys': values } });
    expect(verdictOn([allow({ Condition })], asked)).toBe(isAllowed ? 'allowed' : 'implicit');
  });
});

test.each([
  [allow({ Condition: { 'ForAllValues:StringLike': { a: 'b' } } }), ''],
  [{ ...allow(), Sid: 'reads' }, ''],
  [allow({ Condition: { NumericLessThan: { a: '1' } } }), 'NumericLessThan'],
  [allow({ Condition: { 'ForSomeValues:StringLike': { a: '1' } } }), 'ForSomeValues:StringLike'],
  [{ ...allow(), NotAction: 'iam:*' }, 'NotAction'],
  [allow({ Resource: 'arn:aws:s3:::${aws:username}' }), 'a variable in a policy'],
])('a role with something that the matcher does not understand is refused: %j', (statement, strange) => {
  const check = () => assertUnderstood({ name: 'the-role', statements: [statement] });
  if (strange === '') expect(check).not.toThrow();
  else expect(check).toThrow(`the local system does not understand ${strange} in the role the-role`);
});
