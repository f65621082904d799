import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { Clock } from '#lib/clock';
import type { HttpsGet, StandIn } from './https-get.ts';
import { type CheckedCertificate, checkCertificate } from './signing-certificate.ts';

/** `passing`: it could not be read now. */
export type FoundCertificate = CheckedCertificate | { kind: 'passing'; why: string };

/** The certificates that sign messages, by their addresses. */
export type Certificates = { at(url: URL): Promise<FoundCertificate> };

/** Well within the five seconds that SMN waits for an answer. */
const TIMEOUT_MS = 1_500;
const MAX_BYTES = 64 * 1024;

/** A file is read anew after this time, a wrong one earlier. */
const KEPT_MS = 6 * 3_600_000;
const WRONG_KEPT_MS = 60_000;
const MAX_KEPT = 20;

/** Reads of files within a minute. A message with a wrong signature can ask for any file of the host. */
const MAX_READS = 10;
const READS_WITHIN_MS = 60_000;

type Kept = { file: string; untilMs: number } | { why: string; untilMs: number };

/**
 * Reads certificates, and keeps each file for some hours: its content is checked anew for each message, so that a certificate
 * that expires is not believed any longer. Several messages at once share one read.
 *
 * @param pinned SHA-256 fingerprints, as `AB:CD:…`.
 */
export function createCertificates(
  get: HttpsGet,
  clock: Pick<Clock, 'now'>,
  { pinned, standIn }: { pinned: readonly string[]; standIn?: StandIn | undefined },
): Certificates {
  const kept = new Map<string, Kept>();
  const reading = new Map<string, Promise<Kept | { passing: string }>>();
  let reads: number[] = [];

  async function read(url: URL): Promise<Kept | { passing: string }> {
    const got = await get(url, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
    if (got.kind === 'passing') return { passing: got.why };
    const entry: Kept =
      got.kind === 'answer'
        ? { file: got.body, untilMs: clock.now() + KEPT_MS }
        : { why: `cannot be read: ${got.why}`, untilMs: clock.now() + WRONG_KEPT_MS };
    kept.set(url.href, entry);
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    return entry;
  }

  function readOnce(url: URL): Promise<Kept | { passing: string }> {
    const underWay = reading.get(url.href);
    if (underWay) return underWay;
    const now = clock.now();
    reads = reads.filter((at) => now - at < READS_WITHIN_MS);
    if (reads.length >= MAX_READS)
      return Promise.resolve({ passing: 'too many certificates were asked for within a minute' });
    reads.push(now);
    const started = read(url).finally(() => reading.delete(url.href));
    reading.set(url.href, started);
    return started;
  }

  return {
    async at(url) {
      const known = kept.get(url.href);
      const entry = known && clock.now() < known.untilMs ? known : await readOnce(url);
      if ('passing' in entry) return { kind: 'passing', why: entry.passing };
      if ('why' in entry) return { kind: 'refused', why: entry.why };
      const isStandIn = url.host === standIn?.host;
      const found = checkCertificate(entry.file, {
        host: url.hostname,
        now: clock.now(),
        authorities: () => (isStandIn ? [new X509Certificate(standIn.ca)] : publicAuthorities()),
        pinned,
      });
      // It may be the page of a server under maintenance.
      if (found.kind === 'refused') entry.untilMs = Math.min(entry.untilMs, clock.now() + WRONG_KEPT_MS);
      return found;
    },
  };
}

const parsed = new Map<string, X509Certificate>();

/** The authorities that Node.js brings along, each parsed when it is first looked at. */
function* publicAuthorities(): Iterable<X509Certificate> {
  for (const pem of rootCertificates) {
    const authority = parsed.get(pem) ?? new X509Certificate(pem);
    parsed.set(pem, authority);
    yield authority;
  }
}
