import type { Command } from '@stricli/core';
import type { Context } from './context.ts';

export const groups = {
  system: 'The system on this machine',
  rules: 'Rules',
  reading: 'Reading a running system',
  acting: 'Acting on a running system',
} as const;
export type Group = keyof typeof groups;

/** A module of a command: it makes the command with its brief description. */
type CommandModule = { command: (brief: string) => Command<Context> };

export type CommandEntry = { group: Group; brief: string; load: () => Promise<CommandModule> };

/**
 * Every command. Its module is loaded only when it runs, shows its help or completes its arguments: `--help` loads none. The order is that of
 * the help.
 */
export const commandTable: Readonly<Record<string, CommandEntry>> = {
  start: {
    group: 'system',
    brief: 'Runs the whole system on this machine',
    load: () => import('./commands/system/start.ts'),
  },
  init: {
    group: 'system',
    brief: 'Writes a first rules file, which only observes',
    load: () => import('./commands/system/init.ts'),
  },
  doctor: {
    group: 'system',
    brief: 'Checks rules, keys, pools, clock, tokens, recipients and ledger',
    load: () => import('./commands/system/doctor.ts'),
  },
  backup: {
    group: 'system',
    brief: 'Writes ledger, queues, tokens and rules into one file',
    load: () => import('./commands/system/backup.ts'),
  },
  restore: {
    group: 'system',
    brief: 'Restores a backup, and repeats no call',
    load: () => import('./commands/system/restore.ts'),
  },
  simulator: {
    group: 'system',
    brief: 'Runs the simulator of ModelArts alone',
    load: () => import('./commands/system/simulator.ts'),
  },
  simulate: {
    group: 'system',
    brief: 'Checks every promise in simulated worlds (in a checkout only)',
    load: () => import('./commands/system/simulate.ts'),
  },
  validate: {
    group: 'rules',
    brief: 'Checks rules files, and warns of their traps',
    load: () => import('./commands/rules/validate.ts'),
  },
  explain: {
    group: 'rules',
    brief: 'Says which rule takes an alert, why, and what would happen',
    load: () => import('./commands/rules/explain.ts'),
  },
  test: {
    group: 'rules',
    brief: 'Runs tests of rules: alerts over time in, calls and states out',
    load: () => import('./commands/rules/test.ts'),
  },
  replay: {
    group: 'rules',
    brief: 'Shows what rules would have done to alerts of the past',
    load: () => import('./commands/rules/replay.ts'),
  },
  deploy: {
    group: 'rules',
    brief: 'Checks a change of the rules, and deploys it (in a checkout only)',
    load: () => import('./commands/rules/deploy.ts'),
  },
  completion: {
    group: 'system',
    brief: 'Writes the completion for bash, zsh or fish',
    load: () => import('./commands/system/completion.ts'),
  },
  status: {
    group: 'reading',
    brief: 'Shows the pools: what is wrong, in progress, and waiting for you',
    load: () => import('./commands/reading/status.ts'),
  },
  list: {
    group: 'reading',
    brief: 'Lists remediations, the newest first',
    load: () => import('./commands/reading/list.ts'),
  },
  show: {
    group: 'reading',
    brief: 'Shows one remediation as a report',
    load: () => import('./commands/reading/show.ts'),
  },
  why: {
    group: 'reading',
    brief: 'Explains why something, or nothing, was done about a node',
    load: () => import('./commands/reading/why.ts'),
  },
  watch: {
    group: 'reading',
    brief: 'Shows every change of state, live',
    load: () => import('./commands/reading/watch.ts'),
  },
  export: {
    group: 'reading',
    brief: 'Writes alerts and remediations as JSON lines',
    load: () => import('./commands/reading/export.ts'),
  },
  approve: {
    group: 'acting',
    brief: 'Approves exactly the waiting plan',
    load: () => import('./commands/acting/approve.ts'),
  },
  reject: {
    group: 'acting',
    brief: 'Rejects the waiting plan',
    load: () => import('./commands/acting/reject.ts'),
  },
  withdraw: {
    group: 'acting',
    brief: 'Takes back a waiting command',
    load: () => import('./commands/acting/withdraw.ts'),
  },
  release: {
    group: 'acting',
    brief: 'Frees nodes that nothing works on any more',
    load: () => import('./commands/acting/release.ts'),
  },
  send: {
    group: 'acting',
    brief: 'Sends alerts or a command from a file, and follows them',
    load: () => import('./commands/acting/send.ts'),
  },
  redrive: {
    group: 'acting',
    brief: 'Shows dead letters, and sends them back',
    load: () => import('./commands/acting/redrive.ts'),
  },
};
