import { createServer } from 'node:https';
import { isAddressedHere } from '#local/cloud/addressed';
import { closeServer, isFromWebPage, listenOnLoopback } from '#local/cloud/loopback-server';
import { issueCertificate } from './certificate.ts';
import { CERTIFICATE_PATH, CONFIRMATION_PATH, type Signer } from './sign-message.ts';

/** SMN on this machine: it serves its certificate and the confirmation of subscriptions. */
export type SmnStandIn = AsyncDisposable & {
  /** Signs messages in its name. */
  signer: Signer;
  /** The variables that make a function trust it. */
  variables: Readonly<Record<'POOLKEEPER_SMN_TEST_HOST' | 'POOLKEEPER_SMN_TEST_CA', string>>;
  /** The paths of the subscriptions that were confirmed. */
  confirmed: readonly string[];
};

const DAY_MS = 24 * 3_600_000;

/** Starts SMN with an authority, keys and certificates of its own. No other system trusts them. */
export async function startSmnStandIn(now: number): Promise<SmnStandIn> {
  const valid = { from: now - DAY_MS, until: now + 400 * DAY_MS };
  const authority = issueCertificate({ name: 'Poolkeeper local authority', isAuthority: true, ...valid });
  const issued = issueCertificate({ name: 'localhost', issuer: authority, ...valid });
  const confirmed: string[] = [];
  const key = issued.key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const server = createServer({ key, cert: issued.cert }, (request, response) => {
    const { method, url = '' } = request;
    if (!isAddressedHere(request) || isFromWebPage(request)) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('web pages may not call this stand-in\n');
      return;
    }
    const isConfirmation = url.startsWith(`${CONFIRMATION_PATH}?`);
    if (method === 'GET' && isConfirmation) confirmed.push(url);
    const body = url === CERTIFICATE_PATH ? issued.cert : isConfirmation ? 'confirmed\n' : undefined;
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(body);
  });
  const port = await listenOnLoopback(server, 0);
  const host = `localhost:${port}`;
  return {
    signer: { host, key },
    variables: { POOLKEEPER_SMN_TEST_HOST: host, POOLKEEPER_SMN_TEST_CA: authority.cert },
    confirmed,
    [Symbol.asyncDispose]: () => closeServer(server),
  };
}
