import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { Command } from '#events/command';
import { describeIssues, requestWording } from '#lib/issues';
import { readAnswer } from '#lib/modelarts/client/answer';
import type { Endpoint } from '#lib/modelarts/client/endpoint';
import { buildRequest, targetOf } from '#lib/modelarts/client/request';
import { attemptsOf } from './rows/attempts.ts';
import { type Call, calls } from './rows/calls.ts';
import { at, joined, placed, placedAll } from './rows/place.ts';
import type { PageRows, RequestRow, RequestTable, ResponseRow, ResponseTable } from './rows/row.ts';

const host = 'https://modelarts.example.com';
const names = { pool_name: 'p', nodepool_name: 'np' };

/** The objections of a schema to a value: each issue as path and line; nothing when it accepts it. */
function issuesOf(schema: z.ZodType, value: unknown) {
  const { error } = schema.safeParse(value, { error: requestWording });
  return (error?.issues ?? []).map((issue) => ({
    path: issue.path.map(String).join('.'),
    line: describeIssues({ issues: [issue] }),
  }));
}

const isAt = (path: string, field: string) => path === field || path.startsWith(`${field}.`);

/** The body schema of an endpoint that has one. */
function bodyOf({ body }: Endpoint): z.ZodType {
  if (body === undefined) throw new Error('this endpoint has no body');
  return body;
}

/** Where a command has a field of the request body. */
const commandPath = ({ nodesField }: Call, path: string) =>
  nodesField !== undefined && isAt(path, nodesField)
    ? path.replace(nodesField, 'nodes')
    : joined('parameters', path);

type Listed = Pick<RequestRow | ResponseRow, 'field' | 'type'> & { readonly mandatory?: boolean };

/** A row in one line, to be compared with the page's. */
const line = (side: string, table: number, { field, type, mandatory }: Listed) =>
  [`table ${table}`, side, field, type, mandatory === undefined ? '' : mandatory ? 'mandatory' : 'optional']
    .filter(Boolean)
    .join(', ');

const linesOfTables = (side: string, tables: readonly (RequestTable | ResponseTable)[]) =>
  tables.flatMap(({ table, rows }) => rows.map((row: Listed) => line(side, table, row)));

const linesOf = ({ path, header, request, response }: PageRows): string[] => [
  ...path.map((row) => line('path', 1, row)),
  ...linesOfTables('header', header ? [header] : []),
  ...linesOfTables('request', request),
  ...linesOfTables('response', response),
];

test('all five pages are here', () => {
  const sizes = calls.map(({ tables }) => [tables.page, tables.tables.flatMap(({ rows }) => rows).length]);
  expect(Object.fromEntries(sizes)).toEqual({
    'batch-reset-nodes': 10,
    'batch-update-nodes': 16,
    'batch-migrate-nodes': 52,
    'update-node-pool': 64,
    'delete-node-pool': 49,
  });
});

describe.each(calls)('$tables.page', (call) => {
  const { tables, rows, examples, endpoint, command } = call;

  test('every row of its tables is here, none else, with its type and whether it is mandatory', () => {
    const page = tables.tables.flatMap(({ table, side, rows: inTable }) =>
      inTable.map((row) => line(side, table, row)),
    );
    expect(rows.page).toBe(tables.page);
    expect(linesOf(rows).toSorted()).toEqual(page.toSorted());
  });

  test('every row has a value that is accepted, and one that is refused where the page bounds it', () => {
    for (const row of [...rows.path, ...rows.request.flatMap((table) => table.rows)]) {
      const accepted = [row.range, row.accepts, ...(row.where ?? []).map(({ accepts }) => accepts)].flat();
      const refused = [row.refuses, ...(row.where ?? []).map(({ refuses }) => refuses)].flat();
      expect(
        accepted.some((value) => value !== undefined),
        row.field,
      ).toBe(true);
      if (row.range !== undefined || row.constraint !== undefined)
        expect(
          refused.some((value) => value !== undefined),
          row.field,
        ).toBe(true);
      if (row.absence === 'refused') expect(row.source, row.field).toBeDefined();
    }
  });

  const build = (path: Record<string, string | undefined>) =>
    buildRequest(
      endpoint,
      { path: path as Record<string, string>, body: examples.request },
      targetOf(host, 'x'),
    );

  test.each(rows.path)('path parameter $field', ({ field, accepts, refuses = [] }) => {
    const sent = (value: string) => {
      const ofProject = field === 'project_id';
      const built = buildRequest(
        endpoint,
        { path: ofProject ? names : { ...names, [field]: value }, body: examples.request },
        targetOf(host, ofProject ? value : 'x'),
      );
      if (!built.ok) throw new Error(built.failure.reason);
      return built.request.url.href;
    };
    const segments = endpoint.path.split('/');
    for (const value of accepts as string[]) {
      const sentSegments = new URL(sent(value)).pathname.split('/');
      expect(decodeURIComponent(sentSegments[segments.indexOf(`{${field}}`)] ?? '')).toBe(value);
    }
    const called = field === 'project_id' ? 'project id' : field;
    for (const value of refuses as string[]) expect(() => sent(value), value).toThrow(called);
    if (field !== 'project_id') {
      expect(build({ ...names, [field]: undefined })).toMatchObject({
        ok: false,
        failure: { reason: expect.stringContaining(`${field}: is mandatory`) },
      });
    }
  });

  test('what it sends as a body', () => {
    const built = build(names);
    if (!built.ok) throw new Error(built.failure.reason);
    const { headers, body } = built.request;
    const sent = body && JSON.parse(Buffer.from(body).toString());
    expect(sent).toEqual(examples.request);
    const [contentType] = rows.header?.rows ?? [];
    const expected = rows.request.length > 0 ? (contentType?.accepts[0] ?? 'application/json') : undefined;
    expect(headers['content-type']).toBe(expected);
  });

  const requestRows = rows.request.flatMap((table) => table.rows.map((row) => ({ table, row })));
  test.each(requestRows)('table $table.table, $row.field', ({ table, row }) => {
    for (const { path, body, accepted, alsoInCommand } of attemptsOf(row, table, examples.request)) {
      const tried: [string, ReturnType<typeof issuesOf>][] = [[path, issuesOf(bodyOf(endpoint), body)]];
      if (alsoInCommand) tried.push([commandPath(call, path), issuesOf(Command, command(body))]);
      for (const [field, issues] of tried) {
        const shown = `${field} in ${JSON.stringify(body)}`;
        if (accepted) expect(issues, shown).toEqual([]);
        else {
          expect(issues[0], `${shown} is accepted`).toBeDefined();
          expect(isAt(issues[0]!.path, field), `${shown}: ${issues[0]!.line}`).toBe(true);
        }
      }
    }
  });

  test.each(rows.request)(
    'table $table has these fields and no other',
    ({ table, at: place, within, rows: inTable }) => {
      const body = placed(placedAll(examples.request, within), joined(place, 'surprise'), 1);
      const fields = inTable.map(({ field }) => field);
      const [issue, ...more] = issuesOf(bodyOf(endpoint), body);
      expect(more).toEqual([]);
      expect(issue?.path, `table ${table}`).toBe(place);
      expect(issue?.line).toContain('surprise: is unknown; the fields here are ');
      expect(issue?.line.split(' are ')[1]?.split(', ').toSorted()).toEqual(fields.toSorted());
      expect(issuesOf(Command, command(body))).toEqual([
        { path: joined('parameters', place), line: expect.stringContaining('surprise: is unknown') },
      ]);
    },
  );

  test.each(rows.response)(
    'table $table, answers with $status',
    ({ status, at: place, within, rows: inTable }) => {
      const example = placedAll(status === 200 ? examples.reply : examples.error.body, within);
      const read = (path: string, value: unknown) => {
        const body = JSON.stringify(placed(example, path, value));
        return readAnswer(
          { kind: 'answer', status, headers: {}, body, complete: true },
          { reply: endpoint.reply },
          {},
          0,
        );
      };
      for (const row of inTable) {
        const path = joined(place, row.field);
        for (const value of row.accepts) {
          const result = read(path, value);
          expect(result.ok, `${path}: ${JSON.stringify(result)}`).toBe(status === 200);
          const seen = result.ok ? result.reply : result.failure;
          if (row.exposed !== undefined)
            expect(at(seen, row.exposed), path).toEqual(row.as ? row.as(value as never) : value);
        }
        const refused = row.refuses ?? [];
        for (const value of refused)
          expect(read(path, value), path).toMatchObject({
            ok: false,
            failure: { outcome: 'unknown', status },
          });
        if (!refused.includes(undefined)) expect(read(path, undefined).ok, path).toBe(status === 200);
      }
    },
  );
});

test('a deletion has nothing to tell beyond its path', () => {
  const { command } = calls.find(({ tables }) => tables.page === 'delete-node-pool')!;
  expect(issuesOf(Command, command({}))).toEqual([]);
  expect(issuesOf(Command, command({ force: true }))).toMatchObject([{ path: 'parameters' }]);
});
