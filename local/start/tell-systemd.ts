import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Tells systemd that the service is up: `systemctl start` of a unit with `Type=notify` waits for it. Without NOTIFY_SOCKET it does nothing.
 * Node.js has no datagram sockets of Unix, so systemd's own program sends the message.
 *
 * @param status one line for `systemctl status`
 * @param onProblem hears why systemd does not know, if it should
 */
export async function tellSystemd(
  status: string,
  environment: Readonly<Record<string, string | undefined>>,
  onProblem: (line: string) => void,
): Promise<void> {
  if (!environment['NOTIFY_SOCKET']) return;
  try {
    await promisify(execFile)('systemd-notify', ['--ready', `--status=${status}`], {
      env: { ...environment },
      timeout: TIMEOUT_MS,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    onProblem(`systemd does not know that the system is up, and ends it after TimeoutStartSec: ${reason}`);
  }
}

const TIMEOUT_MS = 30_000;
