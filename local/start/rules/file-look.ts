import { readFile, stat } from 'node:fs/promises';
import { rulesVersion } from '#local/build/read-rules';

/** New content of a file, or the reason why there is none. */
export type FileChange = { bytes: Buffer; version: string } | { problem: string };

/** So many looks in a row must find the file unchanged before it is read: an editor may write it in parts. */
const QUIET_LOOKS = 2;
/** The same for a file that is missing or empty: an editor may remove or empty it for a moment. */
const QUIET_LOOKS_WITHOUT = 12;

/**
 * Makes a function that looks at a file once, and reports each new content once, as soon as the file rests. Content is new if its
 * version is another one than that of the last report, and at first than `version`.
 *
 * It compares what `stat` says and not the events of the operating system: those are missing on network drives and in containers, and go on
 * about the old file after an editor has saved by a rename, or a link has got another target.
 *
 * @param version the version of the content that is known at the start
 */
export function createFileLook(file: string, version: string): () => Promise<FileChange | undefined> {
  let seen: string | undefined;
  let quietLooks = 0;
  let known = version;

  return async () => {
    const stamp = await stampOf(file);
    quietLooks = stamp === seen ? quietLooks + 1 : 0;
    seen = stamp;
    if (quietLooks !== (isContent(stamp) ? QUIET_LOOKS : QUIET_LOOKS_WITHOUT)) return undefined;
    const change = isContent(stamp) ? await contentOf(file) : { problem: stamp };
    // It was written while it was read. It has a new time, so it is read again when it rests.
    if ((await stampOf(file)) !== stamp) return undefined;
    const key = 'problem' in change ? change.problem : change.version;
    if (key === known) return undefined;
    known = key;
    return change;
  };
}

const MARK = 'content ';

/** Whether a stamp stands for content. Otherwise it is the problem. */
function isContent(stamp: string): boolean {
  return stamp.startsWith(MARK);
}

/** A text that changes with each change of the file. `ctime` changes even if a program sets `mtime` back. */
async function stampOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return size === 0n ? 'is empty' : MARK + [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return problemOf(error);
  }
}

async function contentOf(file: string): Promise<FileChange> {
  try {
    const bytes = await readFile(file);
    return { bytes, version: rulesVersion(bytes) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

function problemOf(error: unknown): string {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (isMissing) return 'is missing';
  return `cannot be read (${error instanceof Error ? error.message : String(error)})`;
}
