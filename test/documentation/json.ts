import * as z from 'zod';
import { Command } from '#events/command';
import { TagPolicyMessage } from '#events/tag-policy';
import { Receipt } from '#lib/ledger/receipts/receipt';
import { answers } from '#local/openapi/answers';
import { operations } from '#local/openapi/operations';
import type { Block } from './blocks.ts';

/** A statement of a policy of AWS or of Huawei Cloud. */
const Policy = z.strictObject({
  Version: z.enum(['2012-10-17', '1.1']),
  Statement: z.array(
    z.strictObject({
      Effect: z.literal('Allow'),
      Action: z.union([z.string(), z.array(z.string())]),
      Resource: z.string().optional(),
    }),
  ),
});

/** The answer of `poolkeeper validate --json`. */
const Validation = z.object({
  ok: z.boolean(),
  errors: z.int(),
  warnings: z.int(),
  files: z.array(z.object({ file: z.string() })),
});

/** The form of each example that no route answers, by its page. Examples of one page may have several. */
const FORMS: Readonly<Record<string, readonly z.ZodType[]>> = {
  'docs/alerting/producers.md': [Command, Policy],
  'docs/operate/permissions.md': [Policy],
  'docs/reference/api.md': [Receipt],
  'docs/rules/warnings.md': [Validation],
  // The body for a webhook is the same as in test/notify/body.test.ts.
  'docs/rules/reference.md': [TagPolicyMessage, z.object({ version: z.literal('1') })],
  'docs/rules/explain.md': [
    z.strictObject({ source: z.string(), event: z.string(), labels: z.record(z.string(), z.string()) }),
  ],
  // A template of AOM: its placeholders are texts.
  'docs/alerting/huawei.md': [z.record(z.string(), z.string().startsWith('$event.'))],
  // Bodies of the vendor, as its pages have them.
  'docs/design/modelarts-api.md': [z.looseObject({})],
};

/** The mistake of an example. Undefined: it has the form of its page or of the route in its heading. */
export function mistakeInJson({ page, heading, text }: Block): string | undefined {
  const value: unknown = JSON.parse(text);
  const forms = [...(page === 'docs/reference/api.md' ? formsOf(heading) : []), ...(FORMS[page] ?? [])];
  if (forms.length === 0) return 'no form is known for this page: add it to test/documentation/json.ts';
  const errors = forms.map((form) => form.safeParse(value).error);
  return errors.includes(undefined)
    ? undefined
    : errors.map((error) => error && z.prettifyError(error)).join('\n');
}

/** The answers of the routes that a heading names: `GET /pools, GET /pools/{pool}`. */
function formsOf(heading: string): z.ZodType[] {
  const named = Object.keys(operations).filter((route) =>
    heading
      .split(', ')
      .some(
        (part) => part === route || (part.startsWith('POST /alerts/') && route === 'POST /alerts/{source}'),
      ),
  );
  const names = named.flatMap((route) => Object.values(operations[route]?.answers ?? {}));
  return [...names, 'Problem' as const].flatMap((name) =>
    name === 'page' || name === 'metrics' ? [] : [answers[name]],
  );
}
