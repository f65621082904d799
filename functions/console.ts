import { requireBearerToken } from '#lib/handler/bearer-token';
import { onHttp, parseQuery } from '#lib/handler/on-http';
import { HttpProblem } from '#lib/handler/problem';
import { ListQuery, listRemediations, showRemediation } from '#lib/ledger/listing';
import { consoleServices } from '#lib/services';

/** Shows the ledger: the remediations, newest first, and each with all of its receipts. */
export const handler = onHttp({
  name: 'console',
  services: consoleServices,
  routes: {
    'GET /healthz': () => ({ status: 200, body: { status: 'ok' } }),

    'GET /remediations': async (request, { tokens, store, rules, clock }) => {
      requireBearerToken(request.headers['authorization'], tokens);
      return {
        status: 200,
        body: await listRemediations(store, rules, parseQuery(request, ListQuery), clock.now()),
      };
    },

    'GET /remediations/{id}': async ({ headers, path }, { tokens, store }) => {
      requireBearerToken(headers['authorization'], tokens);
      const { id = '' } = path;
      const remediation = await showRemediation(store, id);
      if (!remediation)
        throw new HttpProblem(404, 'Not Found', `The ledger has no remediation ${JSON.stringify(id)}`);
      return { status: 200, body: remediation };
    },
  },
});
