import { expect, test } from 'vitest';
import { parseRules } from '#lib/rules/parse/parse';
import { describeWarning, warningsIn } from '#lib/rules/warnings/find-warnings';

type Times = { storm?: string; verify?: string; every?: string; evidence?: string; pool?: string };

const file = ({ storm = '10m', verify = '', every = '30s', evidence = '1h', pool = 'a' }: Times) => `pools:
  a: { id: pool-a, storm: { within: ${storm} } }
  b: { id: pool-b }
rules:
  - name: one
    node: { from: labels.instance }
    pool: ${pool}
    maxEvidenceAge: ${evidence}
    ladder:
      - reset-nodes: {}
        ${verify}
polling: { every: ${every} }
`;

test.each<[string, Times, string]>([
  [
    'a storm that lasts as long as an approval holds',
    { storm: '23h' },
    'r.yml:2:29 pools.a.storm.within: together with the slow hour after a storm, it lasts as long as an approval (24h): a plan that was approved during a storm could never run. Use less than 23h',
  ],
  [
    'a verification that is over before a node can be seen well for long enough',
    { verify: 'verify: { healthyFor: 2m, within: 2m }' },
    'r.yml:11:35 rules[0].ladder[0].verify.within: a node is checked every 30s (polling.every), so a node that is well at once may need 150s: use at least that for within',
  ],
  [
    'the same for a slower polling',
    { verify: 'verify: { healthyFor: 2m, within: 20m }', every: '20m' },
    'r.yml:11:35 rules[0].ladder[0].verify.within: a node is checked every 1200s (polling.every), so a node that is well at once may need 1320s: use at least that for within',
  ],
])('%s is a mistake', (_, times, line) => {
  expect(() => parseRules(file(times), 'r.yml')).toThrow(line);
});

test.each<[string, Times]>([
  ['a storm that is over in time', { storm: '22h' }],
  ['a verification with one look to spare', { verify: 'verify: { healthyFor: 2m, within: 150s }' }],
  ['one that needs no time', { verify: 'verify: { healthyFor: 0s, within: 10s }' }],
])('%s is none', (_, times) => {
  expect(() => parseRules(file(times), 'r.yml')).not.toThrow();
});

const outlived =
  'r.yml:8:5 rules[0].maxEvidenceAge: a storm in pool a may last this long, so an alert that was delivered only once is too old when the storm ends: use more than storm.within, or have alerts delivered again more often [storm-outlives-evidence]';

test.each<[string, Times, string[]]>([
  ['as long as a storm', { evidence: '10m' }, [outlived]],
  [
    'as long as a storm of one of its pools',
    { evidence: '10m', pool: '{ from: labels.p, of: [b, a] }' },
    [outlived],
  ],
  ['longer than a storm', { evidence: '11m' }, []],
  ['as long as a storm of another pool', { storm: '2h', evidence: '1h', pool: 'b' }, []],
])('of evidence that holds %s, the build says so', (_, times, lines) => {
  const found = warningsIn(file(times), 'r.yml', 0).filter(({ code }) => code === 'storm-outlives-evidence');
  expect(found.map((one) => describeWarning('r.yml', one))).toEqual(lines);
});
