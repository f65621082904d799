import type { Run } from '../../run.ts';
import type { Finding } from '../oracles.ts';

/** The check of the strict server, so that the simulated API accepts nothing that the pages refuse. */
export function* asDocumented({ requests }: Run): Iterable<Finding> {
  for (const { method, path, faults, atMs } of requests) {
    if (faults.length > 0) yield { what: `${method} ${path}: ${faults.join('; ')}`, atMs };
  }
}
