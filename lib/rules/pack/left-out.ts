import type { LeftOut } from './row.ts';

/** Rows of Huawei's tables that the pack leaves out, and the reasons. */
export const leftOut: readonly LeftOut[] = [
  {
    rows: 'NodeConditions `NT_GPU_*`',
    why: 'the part of the page with them is not known. The rule `other-node-conditions` sends a notice for them',
  },
  {
    rows: 'isolation codes `A050103`, `A050104`, `A050109`, `A050121`, `A050122`, `A050129`, `A050146` to `A050149`, `A050202`, `A050203`, `A050206`, `A050801`, `A050802`, `A050931` to `A050933`, `A050951`, `A200001`, `A200002`, `A200008`',
    why: 'no published page with their meaning was found. The rule `other-isolation-codes` sends a notice for them',
  },
  {
    rows: 'fault levels of the Ascend device plugin (`RestartNPU`, `SeparateNPU` and others)',
    why: 'they arrive as Kubernetes events, and no page gives the advice for each level',
  },
  {
    rows: 'Xid numbers of NVIDIA',
    why: 'they are not a table of Huawei, and no alert of Huawei is known to carry one',
  },
  {
    rows: '`ma_node_*` metrics of AOM',
    why: 'no page lists their names. Name the alarm rule in AOM after the NodeCondition, as described above',
  },
];
