/** The result of one check. `unknown`: it could not be made, because an earlier one failed. `advice`: what to do. */
export type Check = {
  name: string;
  result: 'good' | 'bad' | 'warning' | 'unknown';
  text: string;
  advice?: string;
};

export function good(name: string, text: string): Check {
  return { name, result: 'good', text };
}

export function bad(name: string, text: string, advice: string): Check {
  return { name, result: 'bad', text, advice };
}

export function warning(name: string, text: string, advice: string): Check {
  return { name, result: 'warning', text, advice };
}

export function unknown(name: string, text: string): Check {
  return { name, result: 'unknown', text };
}
