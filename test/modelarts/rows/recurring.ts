import type { RequestRow, ResponseRow } from './row.ts';

const oneSegment = 'one segment of the URI';

/** Pages batch-reset and batch-update state it; the project is the same for all calls. */
export const projectIdRow: RequestRow = {
  field: 'project_id',
  mandatory: true,
  type: 'String',
  constraint: '1 to 64 letters, digits and hyphens',
  accepts: ['77b6a44cba5143ab91d13ab9a8ff44fd', 'a', 'A-9', 'a'.repeat(64)],
  refuses: ['', 'a'.repeat(65), 'a_b', 'a/b', 'ä'],
};

export const poolNameRow: RequestRow = {
  field: 'pool_name',
  mandatory: true,
  type: 'String',
  accepts: ['pool-9d3f-6f5da086876d4cd084d36f8bd3346036', 'p', 'a b'],
  refuses: ['', '..', 'a/b'],
  source: oneSegment,
};

export const nodePoolNameRow: RequestRow = {
  field: 'nodepool_name',
  mandatory: true,
  type: 'String',
  accepts: ['nodepool-1', 'modelarts.vm.2u4g.dcc-Default', 'a b'],
  refuses: ['', '.', 'a/b'],
  source: oneSegment,
};

/** The answers of batch-reset and batch-migrate. */
export const jobIdRows: readonly ResponseRow[] = [
  {
    field: 'job_id',
    type: 'String',
    accepts: ['f234a869-f8ee-4b51-8255-3cbede368aba'],
    refuses: [undefined, '', 7, null],
    exposed: 'jobId',
    source: 'an accepted job that cannot be followed is an answer without a known effect',
  },
];

export const errorRows: readonly ResponseRow[] = [
  {
    field: 'error_code',
    type: 'String',
    accepts: ['ModelArts.50015001', 'ModelArts.50004000', 'APIGW.0308'],
    exposed: 'code',
  },
  { field: 'error_msg', type: 'String', accepts: ['pool not found', ''], exposed: 'vendorMessage' },
];
