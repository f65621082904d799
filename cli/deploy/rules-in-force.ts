import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { rulesVersion } from '#local/build/read-rules';

const run = promisify(execFile);

/** The content of a rules file, and the place where it was found, in words. */
export type FoundRules = { bytes: Buffer; place: string };

/** So many commits of a rules file are searched. */
const MOST_COMMITS = 500;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Finds the rules file with a version: in these files, and then among the commits of the rules file, the newest first. The version is a hash of
 * the content, so a found file is the right one.
 *
 * @param file the rules file, absolute
 * @param others further files that may have it, absolute, each with its place in words
 */
export async function findRules(
  version: string,
  file: string,
  others: readonly { file: string; place: string }[],
): Promise<FoundRules | undefined> {
  for (const { file: other, place } of others) {
    const bytes = await readFile(other).catch(() => undefined);
    if (bytes && rulesVersion(bytes) === version) return { bytes, place };
  }
  return findInCommits(version, file);
}

/** Undefined also if the file is in no repository of git, or git is not there. */
async function findInCommits(version: string, file: string): Promise<FoundRules | undefined> {
  const git = (...args: string[]) =>
    run('git', args, { cwd: path.dirname(file), encoding: 'buffer', maxBuffer: MOST_BYTES });
  const name = `./${path.basename(file)}`;
  const log = await git('log', `--max-count=${MOST_COMMITS}`, '--format=%h %cs', '--', name).catch(
    () => undefined,
  );
  for (const line of log?.stdout.toString().split('\n') ?? []) {
    const [commit = '', day = ''] = line.split(' ');
    if (commit === '') continue;
    // A commit that deleted the file has no content.
    const shown = await git('show', `${commit}:${name}`).catch(() => undefined);
    if (shown && rulesVersion(shown.stdout) === version)
      return { bytes: shown.stdout, place: `commit ${commit} of ${day}` };
  }
  return undefined;
}
