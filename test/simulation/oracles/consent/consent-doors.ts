import type { Run } from '../../run.ts';
import type { Finding } from '../oracles.ts';

const PROBLEM = 'application/problem+json';

/** A bad request is refused at the door with the right status and as a problem, and has no effect. */
export function* doorsHold(run: Run): Iterable<Finding> {
  for (const { input, answer } of run.correspondence.knocked) {
    // A request that the store did not answer may be tried again.
    const { door, request, expects } = input;
    if (!answer || (answer.status === 503 && ![400, 401, 403].includes(expects))) continue;
    const where = `${input.id} at ${door} (${request.route}, ${String(request.authorization)}, ${JSON.stringify(request.body ?? '').slice(0, 60)})`;
    const isKnown = expects === answer.status || (expects === 400 && answer.status === 409);
    if (!isKnown) yield { what: `${where} was answered ${answer.status}, and not ${expects}` };
    if (answer.status >= 400 && (answer.type !== PROBLEM || answer.body?.status !== answer.status))
      yield { what: `${where} was answered with no problem, but ${JSON.stringify(answer.body)}` };
    // Every delivery to a source is in the journal, also a refused one; a request that the console refuses leaves no entry.
    const isTraced =
      answer.status !== 404 && (door === 'receive-alert' || ![401, 403].includes(answer.status));
    const made = run.writes.find(
      ({ by, document }) => by === answer.by && !(isTraced && document.pk.startsWith('deliveries#')),
    );
    if (made) yield { what: `${where} was answered ${answer.status}, and wrote ${made.document.pk}` };
  }
}

/** A sender that uses the id of another command gets the answer 409, and never a yes. */
export function* conflictsAnswered(run: Run): Iterable<Finding> {
  for (const { input, status } of run.actions.refused) {
    if (![400, 409].includes(status))
      yield { what: `command ${input.id} was answered ${status}; the answer must say what to correct` };
  }
}
