import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { type AnswerName, answers } from '#local/openapi/answers';
import { openApiDocument } from '#local/openapi/document';
import { operations } from '#local/openapi/operations';
import { declaredFunctions } from '#local/stack/functions';
import { routesOf } from '#local/stack/routes';
import { openConsole } from '#test/console/console-door';
import { createBench, firing, nodeName } from '#test/remediation/bench';

const MINUTE = 60_000;

test('docs/reference/openapi.json is what `npm run schema` writes', () => {
  const written: unknown = JSON.parse(
    readFileSync(new URL('../../docs/reference/openapi.json', import.meta.url), 'utf8'),
  );
  expect(written).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
});

test('it is valid OpenAPI 3.1, and every reference leads somewhere', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(openApiDocument())));
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  expect(validator.version).toBe('3.1');
  const { schemas } = openApiDocument().components;
  const references = JSON.stringify(openApiDocument()).matchAll(
    /"\$ref":"#\/components\/schemas\/([^"/]+)"/g,
  );
  expect(
    new Set(Array.from(references, ([, name = '']) => name)).difference(new Set(Object.keys(schemas))).size,
  ).toBe(0);
});

test('it has every route of the stack, and no other', () => {
  const declared = declaredFunctions.flatMap(routesOf);
  expect(Object.keys(operations).sort()).toEqual([...declared].sort());
});

/** A system with a node that was reset, one in reset, a plan that waits and a command that waits. */
async function busySystem() {
  const bench = createBench();
  await bench.receive(firing(nodeName(1)));
  await bench.advance(5_000);
  bench.endJob('job-1');
  await bench.advance(5 * MINUTE);
  await bench.receive(firing(nodeName(2)));
  await bench.advance(5_000);
  await bench.receive(firing(nodeName(1), { alertname: 'Other' }));
  await bench.advance(5_000);
  const [remediation] = bench.remediations();
  return { ask: openConsole(bench), path: { pool: 'train-a', node: nodeName(1), id: remediation!.id } };
}

describe('an answer is as documented:', () => {
  const read = Object.entries(operations).filter(
    ([
      route,
      {
        answers: { 200: answer },
      },
    ]) => route.startsWith('GET ') && answer !== 'page' && answer !== 'metrics',
  );

  test.each(read)('%s', async (route, operation) => {
    const { ask, path } = await busySystem();
    const { status, body } = await ask(route, { path });
    expect(status).toBe(200);
    expect(schemaOf(operation.answers[200]).safeParse(body).error).toBeUndefined();
    expect(JSON.stringify(body).length).toBeGreaterThan(10);
  });

  test('a problem', async () => {
    const { ask } = await busySystem();
    for (const [route, query] of [
      ['GET /remediations', { limit: 'x' }],
      ['GET /pools/{pool}', {}],
    ] as const) {
      const { status, body } = await ask(route, { path: { pool: 'none' }, query });
      expect([400, 404]).toContain(status);
      expect(answers.Problem.safeParse(body).error).toBeUndefined();
    }
  });

  test('POST /commands', async () => {
    const { ask } = await busySystem();
    const command = {
      action: 'reset-nodes',
      pool: 'train-a',
      nodes: [nodeName(3)],
      mode: 'approve',
      parameters: {},
      evidenceAt: '2026-11-20T10:00:00Z',
    };
    const { body } = await ask('POST /commands', { body: command });
    expect(body).toEqual({ id: expect.any(String) });
    expect(answers.Accepted.safeParse(body).error).toBeUndefined();
  });
});

function schemaOf(name: AnswerName | 'page' | 'metrics' | undefined) {
  if (name === undefined || name === 'page' || name === 'metrics')
    throw new Error('This answer has no schema');
  return answers[name];
}
