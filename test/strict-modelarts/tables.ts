import { isObject } from './fields.ts';

/** The tables of the vendor's pages, as functions that list the mistakes in a request. An empty list means none. */

type Json = unknown;

/** Table 2 and Table 3 of "Resetting Nodes": every field is mandatory, and there are no others. */
export function batchResetFaults(body: Json): string[] {
  if (!isObject(body)) return ['the body is not a JSON object'];
  const { nodeNames, rollingConfig, nodeConfig } = body;
  return [
    ...otherFields(body, ['nodeNames', 'rollingConfig', 'nodeConfig'], ''),
    ...nodeNamesFaults(nodeNames),
    ...rollingConfigFaults(rollingConfig),
    ...nodeConfigFaults(nodeConfig),
  ];
}

function nodeNamesFaults(nodeNames: Json): string[] {
  if (!Array.isArray(nodeNames)) return ['nodeNames: is not an array'];
  return [
    ...(nodeNames.length === 0 ? ['nodeNames: is empty'] : []),
    ...(new Set(nodeNames).size < nodeNames.length ? ['nodeNames: names a node twice'] : []),
    ...nodeNames.flatMap((name, index) =>
      typeof name === 'string' && name !== '' ? [] : [`nodeNames[${index}]: is not a name`],
    ),
  ];
}

function rollingConfigFaults(rollingConfig: Json): string[] {
  if (!isObject(rollingConfig)) return ['rollingConfig: is not an object'];
  const { strategy, maxUnavailable } = rollingConfig;
  const most = strategy === 'RollingByPercent' ? 100 : Number.MAX_SAFE_INTEGER;
  return [
    ...otherFields(rollingConfig, ['strategy', 'maxUnavailable'], 'rollingConfig.'),
    ...(strategy === 'RollingByNumber' || strategy === 'RollingByPercent'
      ? []
      : ['rollingConfig.strategy: is not RollingByNumber or RollingByPercent']),
    ...(Number.isInteger(maxUnavailable) && Number(maxUnavailable) >= 1 && Number(maxUnavailable) <= most
      ? []
      : ['rollingConfig.maxUnavailable: is not an integer from 1']),
  ];
}

/** "Mandatory, Object", without a table of its own: the fields of the page's example and of the SDK (docs/design/modelarts-api.md 10, row 1). */
function nodeConfigFaults(nodeConfig: Json): string[] {
  if (!isObject(nodeConfig)) return ['nodeConfig: is not an object'];
  return [
    ...otherFields(nodeConfig, ['os', 'name', 'imageId', 'imageType', 'runtime'], 'nodeConfig.'),
    ...Object.entries(nodeConfig).flatMap(([field, value]) =>
      typeof value === 'string' ? [] : [`nodeConfig.${field}: is not a string`],
    ),
  ];
}

/** ListJobs, query parameters (docs/design/modelarts-api.md 1.1). */
export function listJobsFaults(query: URLSearchParams): string[] {
  return [
    ...otherParameters(query, ['type', 'limit', 'offset', 'since', 'until', 'resource', 'name']),
    ...parameterFault(query, 'type', /^(replace-node|reboot-node|reset-nodes)$/),
    ...parameterFault(query, 'limit', /^([1-9]|[1-9]\d|[1-4]\d\d|500)$/),
    ...parameterFault(query, 'offset', /^\d{1,9}$/),
    ...parameterFault(query, 'since', /^\d{13}$/),
    ...parameterFault(query, 'until', /^\d{13}$/),
    ...parameterFault(query, 'resource', /^pools$/),
    ...(query.has('name') !== query.has('resource') ? ['name and resource go together'] : []),
  ];
}

/** ListPoolNodes, query parameters (docs/design/modelarts-api.md 2.1). */
export function listNodesFaults(query: URLSearchParams): string[] {
  return [
    ...otherParameters(query, ['continue', 'limit']),
    ...parameterFault(query, 'limit', /^(\d|[1-9]\d|[1-4]\d\d|500)$/),
  ];
}

/** ListWorkloads, query parameters ("Obtain Jobs in a Resource Pool", table 2). */
export function listWorkloadsFaults(query: URLSearchParams): string[] {
  return [
    ...otherParameters(query, ['type', 'status', 'sort', 'ascend', 'offset', 'limit']),
    ...parameterFault(query, 'type', /^(train|infer|notebook|x-infer)$/),
    ...parameterFault(
      query,
      'status',
      /^(Queue|Pending|Abnormal|Terminating|Creating|Running|Completed|Terminated|Failed)$/,
    ),
    ...parameterFault(query, 'sort', /^create_time$/),
    ...parameterFault(query, 'ascend', /^(true|false)$/),
    ...parameterFault(query, 'offset', /^\d{1,10}$/),
    ...parameterFault(query, 'limit', /^(\d|[1-9]\d|[1-4]\d\d|500)$/),
  ];
}

export function noParameters(query: URLSearchParams): string[] {
  return otherParameters(query, []);
}

export function otherParameters(query: URLSearchParams, known: readonly string[]): string[] {
  const names = [...query.keys()];
  return [
    ...names.filter((name) => !known.includes(name)).map((name) => `query ${name}: is not a parameter`),
    ...(new Set(names).size < names.length ? ['the query names a parameter twice'] : []),
  ];
}

export function parameterFault(query: URLSearchParams, name: string, form: RegExp): string[] {
  const value = query.get(name);
  return value === null || form.test(value) ? [] : [`query ${name}: ${JSON.stringify(value)} is not allowed`];
}

function otherFields(object: object, known: readonly string[], at: string): string[] {
  return Object.keys(object)
    .filter((field) => !known.includes(field))
    .map((field) => `${at}${field}: is not a field`);
}
