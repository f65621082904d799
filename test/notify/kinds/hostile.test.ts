import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestTo } from '#lib/notify/kinds/table';
import type { Message } from '#lib/notify/words/message';
import { inOneLine } from '#lib/notify/words/one-line';
import { revealed } from '#lib/rules/notify-secrets';
import type { NotifyTarget } from '#lib/rules/rules';
import { runs } from '#test/runs';
import { readBody } from '../notify-bench.ts';
import { checkRequest, type ReceiverName } from './receivers.ts';
import { BASE_URL, KINDS, RECIPIENTS, SECRETS } from './recipients.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');

/** Texts that some chat obeys. */
const PAYLOADS = [
  '<!channel>',
  '<!here|here>',
  '<@U012AB3CD>',
  '<!subteam^S1>',
  '<https://evil.example|click>',
  '[click](https://evil.example)',
  '![](https://evil.example/x.png)',
  '<at id=all></at>',
  '<at user_id="all">everyone</at>',
  '<at>everyone</at>',
  '<@all>',
  '@all @channel @everyone',
  '<font color="warning">red</font>',
  '**bold** _it_ ~no~ `code`',
  '# heading',
  '> quote',
  'https://evil.example/login',
  '</text><text>',
  '&lt;!channel&gt;',
  '\u202Egnp.exe',
  'a\r\nSubject: other',
  '\u001b[2J',
  '[[【x】]]',
  '\\[x\\](y)',
  '${secret:HOOK}',
];

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PAYLOADS), fc.string({ unit: 'binary', maxLength: 12 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => inOneLine(parts.join(' ')) || 'x');

const message = fc.record({
  title: hostile,
  lines: fc.array(fc.record({ name: fc.constantFrom('Why', 'From', 'Note'), text: hostile }), {
    maxLength: 6,
  }),
});

function requestOf(name: ReceiverName, { title, lines }: Pick<Message, 'title' | 'lines'>) {
  const { when: _when, ...target } = { when: [], ...RECIPIENTS[name] };
  const shown = revealed(
    {
      url: 'https://events.pagerduty.com/v2/enqueue',
      ...(target as any),
      ...(name === 'slack-bot' || name === 'sns' ? { url: undefined } : {}),
    } as NotifyTarget,
    SECRETS,
  );
  if (!('target' in shown)) throw new Error('a secret is missing');
  const links = [{ label: 'Open the remediation', url: `${BASE_URL}/#/remediations/r-1` }];
  const at = '2026-11-20T10:00:00.000Z';
  const base = {
    id: 'f'.repeat(32),
    at,
    links,
    incident: 'r-1',
    step: 'opened',
    source: 'train-a',
    about: 'reset-nodes',
  } as const;
  const body: any = { version: '1', id: base.id, title, text: title };
  return requestTo(
    shown.target,
    { message: { ...base, severity: 'critical', title, lines }, body },
    { credentials: { accessKey: 'AK', secretKey: 'SK' }, now: NOW },
  );
}

/** The texts that a person sees with the markup of the receiver in force. */
function markedUp(name: ReceiverName, body: any): string[] {
  if (name === 'dingtalk') return [body.markdown.title, body.markdown.text];
  if (name === 'wecom') return [body.markdown.content];
  if (!name.startsWith('slack')) return [];
  const marked = body.blocks.filter(({ text }: any) => text?.type === 'mrkdwn');
  return [body.text, ...marked.map(({ text }: any) => text.text)];
}

/** Every text in a body. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

test.each(KINDS)('%s: no foreign text is markup, a mention or a link', async (name) => {
  await fc.assert(
    fc.asyncProperty(message, async (one) => {
      const request = requestOf(name, one);
      await checkRequest(name, request, NOW);
      const body = readBody(request);
      for (const text of markedUp(name, body)) {
        // Our own links, colours and bold names are taken away; nothing that is left may be obeyed.
        const foreign = text
          .replaceAll(`<${BASE_URL}/#/remediations/r-1|Open the remediation>`, '')
          .replaceAll(`[Open the remediation](${BASE_URL}/#/remediations/r-1)`, '')
          .replace(/^### <font color="(?:warning|info)">(.*)<\/font>$/m, '$1')
          .replace(/<font color="comment">(.*)<\/font>$/, '$1')
          .replaceAll(/^\*\*[A-Z][a-z ]+\*\*: /gm, '')
          .replaceAll(/^#{3,4} /gm, '');
        expect(foreign).not.toMatch(name.startsWith('slack') ? /[<>]/ : /[<>`]|\]\(|\*\*|^\s*#/m);
      }
      // Wherever it stands, a link does not live.
      if (name !== 'webhook' && name !== 'pagerduty')
        expect(
          JSON.stringify(body).replaceAll(BASE_URL, '').replaceAll('http://adaptivecards.io', ''),
        ).not.toContain('://');
      // No receiver sees a control character of a stranger. The line breaks are our own.
      for (const text of textsIn(body)) expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}]/u);
    }),
    { numRuns: runs(150) },
  );
});

test.each(KINDS)(
  '%s: at the largest message it stays within the limits, and says what is left out',
  async (name) => {
    const line = { name: 'Why', text: `${'名'.repeat(400)} ${'n'.repeat(1_500)}` };
    const title = 't'.repeat(500);
    const large = requestOf(name, { title, lines: Array.from({ length: 300 }, () => line) });
    await checkRequest(name, large, NOW);
    if (name === 'webhook' || name === 'pagerduty') return;
    expect(JSON.stringify(readBody(large))).toMatch(/… and \d+ more lines; the page has all/);

    const list = Array.from({ length: 400 }, (_, index) => ({
      text: `Waits: reset-nodes of node n-${index} in pool train-a`,
    }));
    const digest = requestOf(name, { title: '400 notices', lines: list });
    await checkRequest(name, digest, NOW);
    const text = JSON.stringify(readBody(digest));
    expect(text).toContain('node n-0 ');
    // Either all lines are there, or their number is.
    const [, left = '0'] = /… and (\d+) more lines/.exec(text) ?? [];
    const shown = Array.from(text.matchAll(/reset-nodes of node n-\d+ /g)).length;
    expect(shown + Number(left)).toBe(400);
  },
);
