import * as z from 'zod';
import { VERSION } from '#lib/version';
import { answers } from './answers.ts';
import { bodies, type Operation, operations } from './operations.ts';

const PROBLEM = { $ref: '#/components/schemas/Problem' };

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'A field, a parameter or the body is wrong: `errors` lists them',
  401: 'There is no valid token',
  403: 'The token is for another source, or its role is too low',
  404: 'There is no such route, source, remediation, pool or node',
  409: 'The remediation is not in the state that the route needs, or the id is another command’s',
  413: 'The body is too large',
  415: 'The body is compressed, or not JSON',
  500: 'This version cannot read the document in the ledger',
  503: 'Not everything could be stored or read. Send the same again',
};

const SUCCESSES: Readonly<Record<number, string>> = { 200: 'Done', 202: 'Accepted' };

/** The OpenAPI 3.1 document of the HTTP API, from the schemas that check the requests. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Poolkeeper',
      version: VERSION,
      description:
        'docs/reference/api.md explains the routes, and docs/operate/security.md the tokens and roles.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://localhost:3000', description: '`npm start`' }],
    paths: paths(),
    components: {
      securitySchemes: {
        console: { type: 'http', scheme: 'bearer', description: 'An entry of POOLKEEPER_CONSOLE_TOKEN' },
        webhook: { type: 'http', scheme: 'bearer', description: 'An entry of POOLKEEPER_WEBHOOK_TOKEN' },
      },
      schemas: componentSchemas(),
    },
  };
}

/** Each schema once, under its name. References lead from one to the other. */
function componentSchemas() {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(answers)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `#/components/schemas/${id}`,
    unrepresentable: 'any',
  });
  const asSent = Object.entries(bodies).map(([name, body]) => [name, inputSchema(body)] as const);
  return Object.fromEntries(
    [...Object.entries(schemas), ...asSent].map(([name, schema]) => [name, withoutIds(schema)]),
  );
}

function inputSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
}

/** The names within a schema of a registry stand for its place in the document, which has them already. */
function withoutIds(schema: object): object {
  const { $schema: _draft, $id: _id, ...rest } = { $schema: '', $id: '', ...schema };
  return rest;
}

function paths() {
  const byPath = Map.groupBy(Object.entries(operations), ([route]) => route.split(' ')[1] ?? '');
  return Object.fromEntries(
    Array.from(byPath, ([path, routes]) => [
      path,
      Object.fromEntries(
        routes.map(([route, operation]) => [methodOf(route), operationObject(path, operation)]),
      ),
    ]),
  );
}

function methodOf(route: string): string {
  return (route.split(' ')[0] ?? '').toLowerCase();
}

function operationObject(path: string, operation: Operation) {
  const { name, summary, body, answers: successes, problems = [] } = operation;
  const isOpen = Object.values(successes).some((answer) => answer === 'page' || answer === 'Health');
  const token = path.startsWith('/alerts/') ? 'webhook' : 'console';
  const statuses = [...problems, ...(isOpen ? [] : [401, 403]), 503];
  return {
    operationId: name,
    summary,
    security: isOpen ? [] : [{ [token]: [] }],
    parameters: [...pathParameters(path), ...queryParameters(operation.query)],
    ...(body && {
      requestBody: {
        required: body !== 'OnlyNote',
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${body}` } } },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(successes).map(([status, answer]) => [status, success(status, answer)]),
      ),
      ...Object.fromEntries(statuses.map((status) => [status, problem(status)])),
    },
  };
}

function success(status: string, answer: string) {
  const description = SUCCESSES[Number(status)] ?? 'Done';
  if (answer === 'page') return { description };
  if (answer === 'metrics') return { description, content: { 'text/plain': { schema: { type: 'string' } } } };
  const schema = { $ref: `#/components/schemas/${answer}` };
  return { description, content: { 'application/json': { schema } } };
}

function problem(status: number) {
  return {
    description: PROBLEMS[status] ?? 'A problem',
    content: { 'application/problem+json': { schema: PROBLEM } },
  };
}

function pathParameters(path: string) {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject | undefined) {
  if (!query) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema,
  }));
}
