/**
 * The result of one check. `unknown`: it could not be made, because an earlier one failed. `advice`: what to do. `blocks`: as long as this
 * stays so, no call at all can succeed, or none for a pool.
 */
export type Check = {
  name: string;
  result: 'good' | 'bad' | 'warning' | 'unknown';
  text: string;
  advice?: string;
  blocks?: 'all' | 'pool';
};

export function good(name: string, text: string): Check {
  return { name, result: 'good', text };
}

export function bad(name: string, text: string, advice: string, blocks?: Check['blocks']): Check {
  return { name, result: 'bad', text, advice, ...(blocks && { blocks }) };
}

export function warning(name: string, text: string, advice: string): Check {
  return { name, result: 'warning', text, advice };
}

export function unknown(name: string, text: string): Check {
  return { name, result: 'unknown', text };
}
