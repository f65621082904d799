import type * as z from 'zod';
import { AlertmanagerBody } from '#events/alertmanager';
import { Command } from '#events/command';
import { SmnMessage } from '#events/smn';
import { Decision } from '#lib/console/approval';
import { OnlyNote } from '#lib/console/note';
import { NodeQuery, NodesQuery, PoolsQuery } from '#lib/console/pools/query';
import { DeadLettersQuery } from '#lib/dead-letters/list-letters';
import { EventsQuery } from '#lib/journal/list-events';
import { ListQuery } from '#lib/ledger/listing/query';
import { StatsQuery } from '#lib/ledger/listing/stats';
import type { AnswerName } from './answers.ts';

/** The bodies of requests, by the names that the document gives them. */
export const bodies = {
  Command,
  Decision,
  OnlyNote,
  AlertmanagerNotification: AlertmanagerBody,
  SmnMessage,
} as const satisfies Record<string, z.ZodType>;
export type BodyName = keyof typeof bodies;

/** One route for readers and generators of clients. The table of routes in `functions/` says who may use it. */
export type Operation = {
  /** A unique name: generators of clients name a function after it. */
  name: string;
  summary: string;
  query?: z.ZodObject;
  body?: BodyName;
  /** By status. Problems are the same everywhere. */
  answers: Readonly<Record<number, AnswerName | 'page' | 'metrics'>>;
  /** The statuses of its problems, beside 401, 403 and 503. */
  problems?: readonly number[];
};

/** The routes of the HTTP API by their keys, as the stack declares them. */
export const operations: Readonly<Record<string, Operation>> = {
  'GET /': { name: 'openPage', summary: 'The page of the console. It has no data', answers: { 200: 'page' } },
  'GET /assets/{file}': {
    name: 'readPageFile',
    summary: 'A file of the page',
    answers: { 200: 'page' },
    problems: [404],
  },
  'GET /healthz': {
    name: 'checkHealth',
    summary: 'Whether the function answers',
    answers: { 200: 'Health' },
  },
  'GET /me': { name: 'showCaller', summary: 'The caller, its role and its routes', answers: { 200: 'Me' } },
  'GET /remediations': {
    name: 'listRemediations',
    summary: 'The ledger, newest first',
    query: ListQuery,
    answers: { 200: 'Remediations' },
    problems: [400, 404],
  },
  'GET /remediations/{id}': {
    name: 'showRemediation',
    summary: 'One remediation with its receipts',
    answers: { 200: 'Remediation' },
    problems: [404, 500],
  },
  'GET /events': {
    name: 'listEvents',
    summary: 'The deliveries of the last 30 days, with the outcome of each alert',
    query: EventsQuery,
    answers: { 200: 'Events' },
    problems: [400, 404],
  },
  'GET /stats': {
    name: 'showStats',
    summary: 'Outcomes and times of remediations, in groups',
    query: StatsQuery,
    answers: { 200: 'Stats' },
    problems: [400, 404],
  },
  'GET /metrics': {
    name: 'readMetrics',
    summary: 'The metrics, in the text format of Prometheus',
    answers: { 200: 'metrics' },
  },
  'GET /pools': {
    name: 'listPools',
    summary: 'The pools of the rules file',
    query: PoolsQuery,
    answers: { 200: 'Pools' },
    problems: [400],
  },
  'GET /pools/{pool}': {
    name: 'showPool',
    summary: 'One pool: its nodes, budget, storm, breaker, window and waiting commands',
    answers: { 200: 'Pool' },
    problems: [404],
  },
  'GET /pools/{pool}/nodes': {
    name: 'listNodes',
    summary: 'The nodes of a pool, each with its state and the reason',
    query: NodesQuery,
    answers: { 200: 'Nodes' },
    problems: [400, 404],
  },
  'GET /nodes/{node}': {
    name: 'showNode',
    summary: 'One node with its history, its firing alerts and its remediations',
    query: NodeQuery,
    answers: { 200: 'NodeDetails' },
    problems: [400, 404],
  },
  'POST /commands': {
    name: 'sendCommand',
    summary: 'Orders an action',
    body: 'Command',
    answers: { 202: 'Accepted' },
    problems: [400, 409, 413, 415],
  },
  'POST /remediations/{id}/approve': {
    name: 'approvePlan',
    summary: 'Approves the waiting plan with this hash',
    body: 'Decision',
    answers: { 202: 'Remediation' },
    problems: [400, 404, 409, 413, 415],
  },
  'POST /remediations/{id}/reject': {
    name: 'rejectPlan',
    summary: 'Rejects the waiting plan with this hash',
    body: 'Decision',
    answers: { 200: 'Remediation' },
    problems: [400, 404, 409, 413, 415],
  },
  'POST /remediations/{id}/release': {
    name: 'releaseNodes',
    summary: 'Says that nothing works on the targets of a remediation any more',
    body: 'OnlyNote',
    answers: { 200: 'Remediation' },
    problems: [400, 404, 409, 413, 415],
  },
  'POST /remediations/{id}/withdraw': {
    name: 'withdrawCommand',
    summary: 'Takes a waiting command back',
    body: 'OnlyNote',
    answers: { 200: 'Remediation' },
    problems: [400, 404, 409, 413, 415],
  },
  'GET /dead-letters': {
    name: 'listDeadLetters',
    summary: 'The messages that no function could process, newest first',
    query: DeadLettersQuery,
    answers: { 200: 'DeadLetters' },
    problems: [400],
  },
  'POST /dead-letters/{id}/redrive': {
    name: 'redriveDeadLetter',
    summary: 'Puts a dead letter back on the queue of its function',
    body: 'OnlyNote',
    answers: { 202: 'Redriven' },
    problems: [400, 404, 409, 413, 415],
  },
  'POST /alerts/{source}': {
    name: 'sendAlerts',
    summary:
      'A delivery of alerts. The source says which body it takes: docs/alerting/alertmanager.md. The schema is that of the source alertmanager; smn takes SmnMessage',
    body: 'AlertmanagerNotification',
    answers: { 202: 'Received' },
    problems: [400, 404, 413, 415],
  },
  'POST /alerts/alertmanager/api/v1/alerts': {
    name: 'postAlertsV1',
    summary: 'Alerts as Prometheus posts them to an Alertmanager',
    body: 'AlertmanagerNotification',
    answers: { 200: 'Received' },
    problems: [400, 413, 415],
  },
  'POST /alerts/alertmanager/api/v2/alerts': {
    name: 'postAlertsV2',
    summary: 'Alerts as Prometheus posts them to an Alertmanager',
    body: 'AlertmanagerNotification',
    answers: { 200: 'Received' },
    problems: [400, 413, 415],
  },
};
