import { expect, test } from 'vitest';
import { domainsOf, oneInFailureDomain } from '#lib/capacity/topology';
import { at, factsOf, held, MINE, NOW, poolOfNodes } from './pool-facts.ts';

const BATCH = 'os.modelarts.node/batch.uid';
const SPOD = 'os.modelarts.node/spod.id';
const CABINET = 'cce.kubectl.kubernetes.io/cabinet';

/** The verdict on `n1`, with those labels, while `n2` is held with those domains. */
function verdict(labels: Record<string, string>, domains: string[], holder = held('other', { domains })) {
  const nodes = poolOfNodes(4).map((node) => (node.name === 'n1' ? { ...node, labels } : node));
  return oneInFailureDomain(factsOf(nodes, { known: { held: { n2: holder } } }), NOW);
}

test('a node is in a domain for each label that has a value', () => {
  const labels = { [BATCH]: 'b1', [SPOD]: 's1', [CABINET]: '', 'kubernetes.io/hostname': 'h' };
  expect(domainsOf({ name: 'n1', labels })).toEqual([`${BATCH}=b1`, `${SPOD}=s1`]);
});

test.each([
  ['of the same supernode', { [BATCH]: 'b1' }, [`${BATCH}=b1`], false],
  ['of the same frame', { [SPOD]: 's1' }, [`${SPOD}=s1`], false],
  ['of the same cabinet', { [CABINET]: 'c1' }, [`${CABINET}=c1`], false],
  [
    'of one domain of several in common',
    { [BATCH]: 'b1', [CABINET]: 'c1' },
    [`${BATCH}=b2`, `${CABINET}=c1`],
    false,
  ],
  ['of another supernode', { [BATCH]: 'b1' }, [`${BATCH}=b2`], true],
  ['whose label has the same value under another key', { [BATCH]: 'x' }, [`${SPOD}=x`], true],
  ['without a known domain', {}, [`${BATCH}=b1`], true],
])('a node %s waits for the other: %s', (_name, labels, domains, allowed) => {
  expect(verdict(labels, domains)).toMatchObject(allowed ? { allowed } : { allowed, defers: true });
});

test('the reason names the other node and what they share', () => {
  expect(verdict({ [BATCH]: 'b1' }, [`${BATCH}=b1`]).why).toBe(
    `n2 is being worked on, which shares ${BATCH}=b1`,
  );
});

test('a node whose label the API hides is still in the supernode that an earlier reading has shown', () => {
  const known = {
    held: { n2: held('other', { domains: [`${BATCH}=b1`] }) },
    supernodes: { b1: ['n1', 'n2'] },
  };
  const nodes = poolOfNodes(4).map((node) => ({ ...node, labels: { zone: 'a' } }));
  expect(oneInFailureDomain(factsOf(nodes, { known }), NOW)).toMatchObject({ allowed: false, defers: true });
});

test('a remediation works on several nodes of its domain together', () => {
  expect(verdict({ [BATCH]: 'b1' }, [], held(MINE, { domains: [`${BATCH}=b1`] })).allowed).toBe(true);
});

test('a hold that has run out binds no command', () => {
  const lost = held('lost', { domains: [`${BATCH}=b1`], expiresAt: at(-1) });
  expect(verdict({ [BATCH]: 'b1' }, [], lost).allowed).toBe(true);
});
