import { option } from './flags.ts';

/** The flags of every command that asks a running system. */
export type ConnectionFlags = { url?: string; tokenFile?: string };

export const connectionFlags = {
  url: option('address', 'The system, if not the one that runs here (POOLKEEPER_URL)'),
  tokenFile: option('file', 'A file with the console token (POOLKEEPER_CONSOLE_TOKEN)'),
};
