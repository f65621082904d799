import type { Receipt } from '#local/client/ledger';

/** The reason in a receipt; without a reason, its content as JSON. */
export function whyOf(receipt: Receipt): string {
  const { at: _at, step: _step, why, vendorMessage, message, ...rest } = receipt;
  const said = [why, vendorMessage, message].find((text) => typeof text === 'string' && text !== '');
  return typeof said === 'string' ? said : JSON.stringify(rest);
}

/** One field of a receipt as text. */
export function field(receipt: Receipt, key: string): string {
  const value = receipt[key];
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
