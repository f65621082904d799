import type { FaultRow } from './row.ts';

const page = 'https://support.huaweicloud.com/trouble-modelarts/modelarts_13_0287.html';
const restart = 'The node may be partly unhealthy: restart it. If that does not help, ask for a repair.';
const repair = 'Ask for a repair.';

/**
 * The NodeConditions that the node agent of a Lite Cluster writes. The part of the page about GPUs is not known.
 *
 * @see https://support.huaweicloud.com/trouble-modelarts/modelarts_13_0287.html
 */
export const nodeConditions: readonly FaultRow[] = [
  {
    id: 'NT_NPU_DEVICE',
    detects: 'The driver reports a major or critical alarm of an NPU.',
    advice: restart,
    step: 'restart' as const,
  },
  {
    id: 'NT_NPU_NET',
    detects: 'An NPU network link is abnormal.',
    advice: restart,
    step: 'restart' as const,
  },
  {
    id: 'NT_NPU_CARD_LOSE',
    detects: 'The node has fewer schedulable NPUs than its flavor.',
    advice: restart,
    step: 'restart' as const,
  },
  {
    id: 'NT_NPU_OTHER',
    detects: 'An NPU error that does not correct itself.',
    advice: repair,
    step: 'take-out' as const,
  },
  {
    id: 'NT_NPU_ECC_COUNT',
    detects: 'An NPU has 64 or more isolated memory addresses with multi-bit ECC errors.',
    advice: repair,
    step: 'take-out' as const,
  },
  {
    id: 'NT_NET_NTP_CHECK',
    detects: 'Neither ntpd nor chronyd keeps the time of the node.',
    advice: repair,
    step: 'person' as const,
  },
  {
    id: 'NT_KUBE_DISK_READONLY_CHECK',
    detects: 'The directory of kubelet is read-only.',
    advice: 'Not known, so a person decides.',
    step: 'person' as const,
  },
].map((row) => ({ kind: 'node-condition', page, ...row }));
