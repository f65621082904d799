import { createHash } from 'node:crypto';

/** The id of a node's server, as Cloud Eye names it. The same name has the same id in every run. */
export const serverIdOf = (name: string): string =>
  createHash('sha256')
    .update(`server of ${name}`)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
