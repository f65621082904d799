import * as answers from '#lib/console/answers';
import { pageAsset, pageIndex } from '#lib/console/assets';
import { byRole, type RoutesByRole, routesFor } from '#lib/console/by-role';
import { showCaller } from '#lib/console/caller';
import { answerMetrics } from '#lib/console/metrics';
import { poolTable } from '#lib/console/pools/routes';
import { onHttp } from '#lib/handler/on-http';
import { consoleServices } from '#lib/services';

/** The routes of the console, and the role that each needs. docs/reference/api.md describes them, and docs/operate/security.md the roles. */
export const table: RoutesByRole<Awaited<ReturnType<typeof consoleServices>>> = {
  'GET /': { needs: 'nothing', answer: pageIndex },
  'GET /assets/{file}': { needs: 'nothing', answer: pageAsset },
  'GET /healthz': { needs: 'nothing', answer: answers.answerHealth },
  'GET /me': {
    needs: 'read',
    answer: ({ caller }, services) => ({
      status: 200,
      body: showCaller(caller, routesFor(caller.role, table), services),
    }),
  },
  'GET /remediations': { needs: 'read', answer: answers.answerRemediations },
  'GET /remediations/{id}': { needs: 'read', answer: answers.answerRemediation },
  'GET /metrics': { needs: 'read', answer: answerMetrics },
  'GET /events': { needs: 'read', answer: answers.answerEvents },
  'GET /stats': { needs: 'read', answer: answers.answerStats },
  'GET /dead-letters': { needs: 'read', answer: answers.answerDeadLetters },
  ...poolTable,
  'POST /commands': { needs: 'command', answer: answers.takeCommand },
  'POST /remediations/{id}/approve': { needs: 'approve', answer: answers.takeApproval },
  'POST /remediations/{id}/reject': { needs: 'approve', answer: answers.takeRejection },
  'POST /remediations/{id}/withdraw': { needs: 'command', answer: answers.takeWithdrawal },
  'POST /dead-letters/{id}/redrive': { needs: 'command', answer: answers.takeRedrive },
  'POST /remediations/{id}/release': { needs: 'approve', answer: answers.takeRelease },
};

export const routes = byRole(table);

/** Shows the ledger and the page for people, takes commands and decisions on waiting plans, and releases nodes. */
export const handler = onHttp({ name: 'console', services: consoleServices, routes });
