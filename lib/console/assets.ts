import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { HttpRequest, HttpResponse } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import { once } from '#lib/once';
import { knowsTag, tagOf } from './entity-tag.ts';

/** The files of the page: `index.html`, and the assets that it names. */
export type PageFiles = {
  /** The files, by their names. They are read once. @throws Error if the page was not built. */
  all(): Promise<ReadonlyMap<string, PageFile>>;
};

type PageFile = { bytes: Buffer; zipped: Buffer; type: string; etag: string };

const INDEX = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page loads its own files and calls its own address. It runs no code from anywhere else, and no other page may show it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * The files of the page in a folder: `index.html`, and `assets/` beside it.
 *
 * @param folder an absolute path. It may be missing until the first request.
 */
export function createPageFiles(folder: string): PageFiles {
  return {
    all: once(async () => {
      const assets = path.join(folder, 'assets');
      const names = await readdir(assets);
      return new Map([
        [INDEX, await readPageFile(path.join(folder, INDEX))],
        ...(await Promise.all(
          names.map(async (name) => [name, await readPageFile(path.join(assets, name))] as const),
        )),
      ]);
    }),
  };
}

async function readPageFile(file: string): Promise<PageFile> {
  const bytes = await readFile(file);
  return {
    bytes,
    zipped: gzipSync(bytes, { level: 9 }),
    type: TYPES[path.extname(file)] ?? 'application/octet-stream',
    etag: tagOf(bytes),
  };
}

/**
 * Answers with the page, also without a token: it has no data, and asks for it with the token of the person before it. A browser asks each time
 * whether it has changed.
 */
export async function pageIndex(
  request: Pick<HttpRequest, 'headers'>,
  { page }: { page: PageFiles },
): Promise<HttpResponse> {
  return answerFile(await fileOf(page, INDEX), request, 'no-cache');
}

/**
 * Answers with a file of the page. Its name has a hash of its content, so a browser keeps it.
 *
 * @throws HttpProblem 404
 */
export async function pageAsset(
  { path: { file = '' }, ...request }: Pick<HttpRequest, 'headers' | 'path'>,
  { page }: { page: PageFiles },
): Promise<HttpResponse> {
  return answerFile(
    await fileOf(page, file === INDEX ? '' : file),
    request,
    'public, max-age=31536000, immutable',
  );
}

async function fileOf(page: PageFiles, name: string): Promise<PageFile> {
  const files = await page.all().catch((cause: unknown) => {
    const why = 'This system has no page: `npm run build` makes it, beside the bundle of the function';
    throw new HttpProblem(404, 'Not Found', why, undefined, { cause });
  });
  const file = files.get(name);
  if (file) return file;
  throw new HttpProblem(
    404,
    'Not Found',
    'The page has no such file. It may be of an older version: load the page again',
  );
}

function answerFile(
  { bytes, zipped, type, etag }: PageFile,
  { headers }: Pick<HttpRequest, 'headers'>,
  cacheControl: string,
): HttpResponse {
  const common = { ...SECURITY_HEADERS, 'cache-control': cacheControl, etag, vary: 'accept-encoding' };
  if (knowsTag(headers['if-none-match'], etag)) return { status: 304, headers: common, body: undefined };
  const isZipped = /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?(?:\s*,|\s*$))/i.test(
    headers['accept-encoding'] ?? '',
  );
  return {
    status: 200,
    headers: { ...common, 'content-type': type, ...(isZipped && { 'content-encoding': 'gzip' }) },
    body: isZipped ? zipped : bytes,
  };
}
