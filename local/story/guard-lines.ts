import type { Receipt } from '#local/client/ledger';
import { field, whyOf } from './receipt-fields.ts';
import type { StoryLine } from './story-line.ts';

/** With more guards than this, only the refusing ones are shown. */
const MOST_GUARDS_SHOWN = 12;

/** The guards of one evaluation: how many of them allow it, then each guard or each refusal with its numbers. */
export function guardLines(at: string, receipts: readonly Receipt[], shown: 'each' | 'sum'): StoryLine[] {
  const refusing = receipts.filter(({ allowed }) => allowed !== true);
  const allowing = receipts.length - refusing.length;
  const each = shown === 'each' && receipts.length <= MOST_GUARDS_SHOWN;
  return [
    {
      at,
      label: 'guards',
      text: `${allowing} of ${receipts.length} allow it`,
      tone: refusing.length > 0 ? 'notable' : 'plain',
    },
    ...receipts
      .filter((receipt) => each || refusing.includes(receipt))
      .map((receipt): StoryLine => {
        const allowed = !refusing.includes(receipt);
        return {
          at,
          label: '',
          text: `${allowed ? '✓' : '✗'} ${field(receipt, 'guard')}: ${whyOf(receipt)}`,
          tone: allowed ? 'dim' : 'notable',
        };
      }),
  ];
}
