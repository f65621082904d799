import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { type Browser, startBrowser } from './chromium.ts';
import { type Site, TOKEN } from './site.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export type Visitor = { page: Page; problems: string[]; at(place: string): Promise<void> };

let started: Promise<Browser> | undefined;

/** The one browser of a file of tests. */
export function theBrowser(): Promise<Browser> {
  started ??= startBrowser();
  return started;
}

/** A fresh tab on a site. It notes each error and each violation of the content security policy. */
export async function visit(site: Site, { token = TOKEN }: { token?: string | null } = {}): Promise<Visitor> {
  const { context } = await theBrowser();
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(`error: ${message}`));
  page.on('console', (message) => {
    const text = message.text();
    // A browser reports each answer of 400 and above here, also those that the page expects.
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) problems.push(text);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(site.url)) problems.push(`another host: ${request.url()}`);
  });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  return {
    page,
    problems,
    async at(place) {
      await page.goto('about:blank');
      const to = token === null ? `#${place}` : `#token=${token}&to=${encodeURIComponent(place)}`;
      await page.goto(`${site.url}/${to}`);
    },
  };
}

/** The findings of axe on the page as it is, one line each. */
export async function findingsOfAxe(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const violations: any[] = await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }: any) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}

/** How many pixels the page is wider than its window. */
export function overhang(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
