import { spawn } from 'node:child_process';

/** The program of each platform that opens an address. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/**
 * Opens an address in the browser of the user. A machine without one only gets a line with the address.
 *
 * @param complain gets that line
 */
export function openInBrowser(
  url: string,
  complain: (why: string) => void,
  [command, ...args]: readonly [string, ...string[]] = OPENERS[process.platform] ?? ['xdg-open'],
): void {
  const failed = (): void => complain(`No browser could be opened (${command}). The console is at ${url}`);
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', failed);
  child.on('exit', (code) => {
    if (code !== 0) failed();
  });
  // The browser goes on without this process.
  child.unref();
}
