import * as z from 'zod';
import { parseCron } from '../cron.ts';
import { isAmbiguousTimezone, suggestTimezone } from '../suggestions/timezone.ts';

/** An EventBridge cron expression. It stays text. */
export const CronExpression = z.string().superRefine((text, context) => {
  try {
    parseCron(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.addIssue(`"${text}" is not a cron expression: ${error.message}`);
  }
});

/** The name of a time zone, spelled as in the IANA database. */
export const Timezone = z.string().superRefine((name, context) => {
  const known = canonicalTimezone(name);
  const sameButForCase = known !== name && known?.toLowerCase() === name.toLowerCase();
  const isAmbiguous = isAmbiguousTimezone(name);
  if (known !== undefined && !sameButForCase && !isAmbiguous && /^[A-Za-z]/.test(name)) return;
  const hint = sameButForCase && !isAmbiguous ? `: did you mean "${known}"?` : suggestTimezone(name);
  context.addIssue(`${JSON.stringify(name)} is not a time zone${hint}`);
});

function canonicalTimezone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
