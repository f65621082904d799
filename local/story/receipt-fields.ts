import type { Receipt } from '#local/client/ledger';

/** Its reason in words, or without one all of its content. */
export function whyOf(receipt: Receipt): string {
  const { at: _at, step: _step, why, vendorMessage, message, ...rest } = receipt;
  const said = [why, vendorMessage, message].find((text) => typeof text === 'string' && text !== '');
  return typeof said === 'string' ? said : JSON.stringify(rest);
}

/** One of its fields as text. */
export function field(receipt: Receipt, key: string): string {
  const value = receipt[key];
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
