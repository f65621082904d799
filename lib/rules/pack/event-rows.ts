import type { FaultRow, Step } from './row.ts';

const BMS = 'https://support.huaweicloud.com/intl/en-us/usermanual-bms/bms_01_0133.html';
const ECS = 'https://support.huaweicloud.com/intl/ja-jp/usermanual-ecs/ecs_03_1106.html';

/** The columns of a row in Huawei's table of events. */
export type Columns = readonly [
  id: string,
  level: FaultRow['level'],
  step: Step,
  detects: string,
  advice: string,
];

/** Turns the columns of Huawei's table into rows. A row that stands in both tables names the page of bare metal servers. */
export function rowsOf(
  columns: readonly Columns[],
  namespaces: readonly string[],
  page = namespaces.includes('SYS.BMS') ? BMS : ECS,
): FaultRow[] {
  return columns.map(([id, level, step, detects, advice]) => ({
    kind: 'cloud-eye-event',
    id,
    ...(level && { level }),
    namespaces,
    detects,
    advice,
    step,
    page,
  }));
}
