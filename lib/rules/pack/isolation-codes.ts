import type { FaultRow } from './row.ts';

const page = 'https://support.huaweicloud.com/trouble-modelarts/modelarts_13_0292.html';

/**
 * The codes in the taints of isolated nodes of a Standard pool, as far as Huawei's page is known.
 *
 * @see https://support.huaweicloud.com/trouble-modelarts/modelarts_13_0292.html
 */
export const isolationCodes: readonly FaultRow[] = [
  {
    kind: 'isolation-code',
    id: 'A050101',
    detects: 'A GPU has ECC errors, of one of four levels.',
    advice:
      'By level: 1 nothing; 2 restart the process; 3 (Xid 95) reset the card or restart the node; 4 replace the card. The code does not name the level, so a person decides.',
    step: 'person',
    page,
  },
  {
    kind: 'isolation-code',
    id: 'A050102',
    detects: 'The output of nvidia-smi contains ERR.',
    advice: 'Not known, so a person decides.',
    step: 'person',
    page,
  },
];
