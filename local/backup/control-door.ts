import { createServer, type IncomingMessage } from 'node:http';
import { rulesVersion } from '#local/build/read-rules';
import type { Cloud } from '#local/cloud/cloud';
import { closeServer, listenOnLoopback } from '#local/cloud/loopback-server';
import { refusalAtDoor, type StandInAnswer } from '#local/cloud/stand-in-door';
import type { KeptPlaces } from '#local/data/places';
import { copyLedger } from './copy-ledger.ts';
import { type Copied, copyFolder } from './take-backup.ts';

export type ControlOptions = {
  cloud: Pick<Cloud, 'credentials' | 'hold'>;
  places: KeptPlaces;
  /** The rules in force, with the text of their file. */
  rules: () => NonNullable<Copied['rules']>;
};

/**
 * Takes orders about a running system from other programs of its user: `POST /copies` copies ledger and queues into a folder, as a backup
 * needs them.
 */
export async function startControlDoor({
  cloud,
  places,
  rules,
}: ControlOptions): Promise<AsyncDisposable & { endpoint: string }> {
  async function answer(request: IncomingMessage): Promise<StandInAnswer> {
    const refusal = refusalAtDoor(request, cloud.credentials);
    if (refusal) return problem(refusal.status, refusal.why);
    if (request.method !== 'POST' || request.url !== '/copies')
      return problem(404, 'only POST /copies is here');
    const folder = copyFolder(places);
    const takenAt = new Date().toISOString();
    await copyLedger(places.ledger, folder, () => cloud.hold());
    const { version, text } = rules();
    // The file may have changed while it was read.
    const isInForce = rulesVersion(Buffer.from(text)) === version;
    const copied: Copied = { folder, takenAt, ...(isInForce && { rules: { version, text } }) };
    return { statusCode: 200, body: JSON.stringify(copied) };
  }

  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown) => problem(500, error instanceof Error ? error.message : String(error)))
      .then(({ statusCode, body }) =>
        response.writeHead(statusCode, { 'content-type': 'application/json' }).end(body),
      )
      .catch(() => response.destroy());
  });
  const endpoint = `http://127.0.0.1:${await listenOnLoopback(server, 0)}`;
  return { endpoint, [Symbol.asyncDispose]: () => closeServer(server) };
}

function problem(status: number, detail: string): StandInAnswer {
  return { statusCode: status, body: JSON.stringify({ title: 'The order failed', status, detail }) };
}
