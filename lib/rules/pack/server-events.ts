import { rowsOf } from './event-rows.ts';
import type { FaultRow } from './row.ts';

const ha = 'Run services with redundancy. After the server is back, check whether they recover.';
const fixed = 'Run services with redundancy. After the fault is repaired, check whether they recover.';
const ask = 'Check whether a user did this on purpose.';
const wait = 'Wait until the event is over, and check whether services suffer.';
const check = 'Check whether services run well.';

/** The states of a planned event that Huawei's tables have, with the advice for each. */
const PLANNED = {
  inquiring: ['person', 'waits for an authorization', 'Authorize it.'],
  scheduled: ['person', 'will be carried out', 'Make clear how it affects services in its time.'],
  executing: ['record', 'is under way', wait],
  completed: ['record', 'is complete', check],
  canceled: ['record', 'is canceled', 'Nothing.'],
  failed: ['person', 'has failed', "Ask Huawei's operations staff."],
} as const;

type PlannedState = keyof typeof PLANNED;

/** The rows of a planned event: one for each state. */
function planned(event: string, what: string, states: readonly PlannedState[]) {
  return states.map((state) => {
    const [step, detects, advice] = PLANNED[state];
    return [`${event}_${state}`, 'Major', step, `${what} ${detects}.`, advice] as const;
  });
}

const ALL: readonly PlannedState[] = [
  'inquiring',
  'scheduled',
  'executing',
  'completed',
  'canceled',
  'failed',
];
const NO_INQUIRY = ALL.slice(1);

const bareMetal = rowsOf(
  [
    ['osReboot', 'Major', 'record', 'A user has restarted the server.', ha],
    ['serverReboot', 'Major', 'person', 'The server has restarted unexpectedly.', ha],
    ['osShutdown', 'Major', 'record', 'A user has stopped the server.', ha],
    ['serverShutdown', 'Major', 'person', 'The server has stopped unexpectedly.', ha],
    ['linkDown', 'Major', 'take-out', 'The server has lost its network.', ha],
    ['pcieError', 'Major', 'take-out', 'PCIe devices or the main board are faulty.', ha],
    ['diskError', 'Major', 'take-out', 'The disks or their backplane are faulty.', fixed],
    ['storageError', 'Major', 'take-out', 'The server cannot reach its EVS disks.', fixed],
    ...planned('system_maintenance', 'Maintenance of the server', ALL),
  ],
  ['SYS.BMS'],
);

const virtual = rowsOf(
  [
    ['startAutoRecovery', 'Major', 'record', 'The server moves away from a faulty host.', wait],
    ['endAutoRecovery', 'Major', 'record', 'The server has moved and works.', 'Nothing.'],
    [
      'faultAutoRecovery',
      'Major',
      'take-out',
      'The server could not move in time.',
      'Move the services to another server.',
    ],
    [
      'VMFaultsByHostProcessExceptions',
      'Critical',
      'person',
      'The host is faulty. The platform starts the server again.',
      'After the start, check whether the server and its services run well.',
    ],
    [
      'hostMayCrash',
      'Major',
      'take-out',
      'The host may break down, and live migration cannot prevent it.',
      "Move the services first. Then stop or delete the server until Huawei's staff have removed the risk.",
    ],
    [
      'faultPowerOn',
      'Major',
      'person',
      'The server does not start.',
      "Start it again. If it fails, ask Huawei's operations staff.",
    ],
    [
      'RestartGuestOS',
      'Minor',
      'person',
      'The guest system has restarted.',
      "Ask Huawei's operations staff.",
    ],
    ['rebootServer', 'Minor', 'record', 'A user has restarted the server.', ask],
    ['stopServer', 'Minor', 'record', 'A user has stopped the server.', ask],
    ['resizeServer', 'Minor', 'record', 'A user has resized the server.', ask],
    ['deleteServer', 'Major', 'record', 'A user has deleted the server.', ask],
    ['liveMigrationStarted', 'Major', 'record', 'The server moves while it runs.', wait],
    ['liveMigrationCompleted', 'Major', 'record', 'The server has moved while it ran.', check],
    ['liveMigrationFailed', 'Major', 'person', 'The server could not move.', check],
    ...planned('instance_redeploy', 'Redeployment of the server', ALL),
    ...planned('instance_migrate', 'Migration of the server', NO_INQUIRY),
    ...planned('instance_resize', 'Resizing of the server', NO_INQUIRY),
    ...planned('instance_reboot', 'A restart of the server', ['scheduled']),
    ...planned('instance_stop', 'A stop of the server', ['scheduled']),
  ],
  ['SYS.ECS'],
);

/**
 * The events of Cloud Eye about servers and their hosts.
 *
 * @see https://support.huaweicloud.com/intl/en-us/usermanual-bms/bms_01_0133.html
 * @see https://support.huaweicloud.com/intl/ja-jp/usermanual-ecs/ecs_03_1106.html
 */
export const serverEvents: readonly FaultRow[] = [
  ...bareMetal,
  ...virtual,
  ...rowsOf(planned('localdisk_recovery', 'Replacement of a local disk', ALL), ['SYS.BMS', 'SYS.ECS']),
];
