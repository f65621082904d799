import { type Columns, rowsOf } from './event-rows.ts';
import type { FaultRow } from './row.ts';

/** Rows with the same text for bare metal servers and virtual servers. */
const both: readonly Columns[] = [
  [
    'NPUSMICardNotFound',
    'Major',
    'take-out',
    'npu-smi does not show an NPU.',
    'The driver is faulty or the NPU is disconnected: pass it on to the Ascend team or the hardware team.',
  ],
  [
    'LspciCardNotFound',
    'Major',
    'take-out',
    'lspci does not show an NPU.',
    'The NPU is disconnected: pass it on to the hardware team.',
  ],
  [
    'TemperatureOverUpperLimit',
    'Major',
    'take-out',
    'An NPU or its memory is too hot.',
    'Stop the work, restart the server, check the cooling, reset the devices.',
  ],
  [
    'UncorrectableEccErrorCount',
    'Major',
    'take-out',
    'An NPU has uncorrectable ECC errors.',
    'Replace the NPU if services suffer.',
  ],
  [
    'UncorrectableEccErrorWarning',
    'Major',
    'take-out',
    'An NPU has uncorrectable ECC errors.',
    'Replace the NPU if services suffer.',
  ],
  [
    'RebootVirtualMachine',
    'Informational',
    'restart',
    'An NPU fault needs a restart of the server.',
    'Collect the data about the fault, and restart the server.',
  ],
  [
    'ResetSOC',
    'Informational',
    'person',
    'An NPU fault needs a reset of the SoC.',
    'Collect the data about the fault, and reset the SoC.',
  ],
  [
    'RestartAIProcess',
    'Informational',
    'person',
    'An NPU fault needs a restart of the AI process.',
    'Collect the data about the fault, and restart the AI process.',
  ],
  [
    'NPUErrorCodeWarning',
    'Major',
    'person',
    'The NPUs return many error codes of the level major or higher.',
    "Look the codes up in Huawei's lists of error codes.",
  ],
  ['NpuToolsWarning', undefined, 'person', 'The tools of the NPU report a problem.', 'Open a ticket.'],
  [
    'nvidiaSmiHangEvent',
    'Major',
    'person',
    'nvidia-smi does not answer in time.',
    'Open a ticket if services suffer.',
  ],
  [
    'SRAMUncorrectableEccError',
    'Major',
    'take-out',
    'A GPU has uncorrectable ECC errors in its SRAM.',
    'Open a ticket if services suffer.',
  ],
];

const bareMetal: readonly Columns[] = [
  [
    'PCIeErrorFound',
    'Major',
    'restart',
    'lspci shows an NPU as rev ff.',
    'Restart the server. If it happens again, pass it on to the hardware team.',
  ],
  [
    'NvPeerMemException',
    'Minor',
    'person',
    'NVLink or nv_peer_mem does not load.',
    'Restore or reinstall NVLink.',
  ],
  [
    'NvFabricManagerException',
    'Minor',
    'person',
    'NVLink is installed, and its Fabric Manager fails.',
    'Restore or reinstall NVLink.',
  ],
  [
    'InfinibandStatusException',
    'Major',
    'take-out',
    'An InfiniBand card or its link is abnormal.',
    'Pass it on to the hardware team.',
  ],
];

const virtual: readonly Columns[] = [
  [
    'PCIeErrorFound',
    'Major',
    'take-out',
    'The PCIe link of an NPU has errors.',
    'Pass it on to the hardware team.',
  ],
  [
    'GPULinkFault',
    'Critical',
    'take-out',
    'A GPU of the host is faulty, or recovers from a fault.',
    'Run services with redundancy. After the repair, check whether they recover.',
  ],
  [
    'DAVPSMICardNotFound',
    'Major',
    'restart',
    'vasmi does not show a DAVP device.',
    'Restart the server. If the device does not load, pass it on to the hardware team.',
  ],
  [
    'DAVPLspciCardNotFound',
    'Major',
    'take-out',
    'lspci does not show a DAVP device.',
    'The device is disconnected: pass it on to the hardware team.',
  ],
  [
    'TemperatureOverDfLimit',
    'Major',
    'take-out',
    'The core of a DAVP device is above 85 °C, and slows down.',
    'Stop the services. The hardware team checks the cooling and resets the device.',
  ],
  [
    'TemperatureOverSdLimit',
    'Major',
    'take-out',
    'The core of a DAVP device is above 105 °C.',
    'Stop the services. The hardware team checks the cooling and resets the device.',
  ],
  [
    'DeviceCoreAbnormal',
    'Major',
    'person',
    'The core of a DAVP device is abnormal.',
    'Collect the data about the fault, and restart the die.',
  ],
];

/** The two rows of one id have different advice, so each has a rule of its own. */
function named(rows: readonly FaultRow[], suffix: string): FaultRow[] {
  return rows.map((row) => (row.id === 'PCIeErrorFound' ? { ...row, rule: `${row.id}-${suffix}` } : row));
}

/**
 * The events of Cloud Eye about NPUs, GPUs and their links.
 *
 * @see https://support.huaweicloud.com/intl/en-us/usermanual-bms/bms_01_0133.html
 * @see https://support.huaweicloud.com/intl/ja-jp/usermanual-ecs/ecs_03_1106.html
 */
export const npuEvents: readonly FaultRow[] = [
  ...rowsOf(both, ['SYS.BMS', 'SYS.ECS']),
  ...named(rowsOf(bareMetal, ['SYS.BMS']), 'BMS'),
  ...named(rowsOf(virtual, ['SYS.ECS']), 'ECS'),
];
