import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { table } from '#functions/console';
import { createBench, firing, nodeName } from '#test/remediation/bench';
import { createWorld, fixturesOf, NASTY, type World } from './fixture.ts';
import { type BuiltPage, buildPage, routesOf, type Site, serveSite, TOKEN } from './site.ts';
import { findingsOfAxe, overhang, theBrowser, type Visitor, visit } from './visitor.ts';

let built: BuiltPage;
let world: World;
let site: Site;
let visitor: Visitor;

beforeAll(async () => {
  built = await buildPage();
});
afterAll(async () => {
  await (await theBrowser())[Symbol.asyncDispose]();
  await built[Symbol.asyncDispose]();
});
beforeEach(async () => {
  world = createWorld(Date.now());
  site = await serveSite(built, routesOf(fixturesOf(world)), {});
  visitor = await visit(site);
});
afterEach(async () => {
  await visitor.page.close();
  await site[Symbol.asyncDispose]();
  expect(visitor.problems).toEqual([]);
});

const heading = (name: string | RegExp) => visitor.page.getByRole('heading', { level: 1, name });
const button = (name: string) => visitor.page.getByRole('button', { name, exact: true });

const asked = (line: string) => site.requests.filter((request) => request.line === line);

const LIST = 'GET /remediations?limit=50&receipts=none';

const VIEWS: Record<string, [place: string, heading: string | RegExp]> = {
  now: ['/', '5 things wait for you'],
  pool: ['/pools/train-b', 'train-b'],
  'nodes of a state': ['/pools/train-b?state=out', 'train-b'],
  node: ['/nodes/os-node-created-a063', 'os-node-created-a063'],
  remediations: ['/remediations', 'Remediations'],
  'a remediation': ['/remediations/3a1c01aa-person', /Reset os-node-created-a063/],
  'a remediation in work': ['/remediations/8c6f01aa-running', /Reset os-node-created-a017/],
  'a plan': ['/remediations/4f0c01aa-approval', /Delete node pool np-train-old/],
  'for you': ['/waiting', 'For you'],
  'the last day': ['/day', 'The last day'],
  why: ['/why?q=os-node-created-a063', 'Why?'],
  'the simulator': ['/simulator', 'Simulator'],
  nowhere: ['/nowhere', 'There is nothing here'],
};

test('the curve of the last day is drawn in a browser whose language is no name that Intl takes', async () => {
  const { page } = visitor;
  await page.addInitScript("Object.defineProperty(navigator, 'language', { value: 'en-US@posix' })");
  await visitor.at('/day');
  await page
    .getByRole('img', { name: /out of service at once/ })
    .locator('canvas')
    .first()
    .waitFor();
});

describe('a view', () => {
  test.each(Object.entries(VIEWS))(
    'fits every width, in both themes, and axe finds nothing: %s',
    async (_, [place, title]) => {
      const { page, at } = visitor;
      await at(place);
      await heading(title).waitFor();
      await expect.poll(() => page.locator('.skeleton').count()).toBe(0);
      for (const [width, colorScheme] of [
        [1440, 'light'],
        [800, 'dark'],
        [390, 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        expect(await overhang(page), `${width} pixels`).toBe(0);
        expect(await findingsOfAxe(page), `${width} pixels, ${colorScheme}`).toEqual([]);
      }
    },
  );

  test('answers without a click whether anything is wrong, what is done about it, and what waits', async () => {
    const { page, at } = visitor;
    await at('/');
    const wrong = page.getByRole('region', { name: 'Is anything wrong?' });
    await wrong.getByText('1 node is broken, and Poolkeeper could not repair it.').waitFor();
    await page
      .getByRole('region', { name: 'What is being done?' })
      .getByText('Reset os-node-created-a017')
      .waitFor();
    await page
      .getByRole('region', { name: 'What is waiting for me?' })
      .getByText('Delete node pool np-train-old')
      .waitFor();
    const pool = page.getByRole('region', { name: 'Pool train-b' });
    await expect.poll(() => pool.getByRole('listitem').count()).toBeGreaterThan(60);
    expect(await pool.textContent()).toMatch(
      /4 of 3 may be out: over the budget.*5 of 12 worked on.*storm since.*window closed/,
    );
    await page.getByRole('link', { name: /^os-node-created-a063: broken/ }).click();
    await heading('os-node-created-a063').waitFor();
  });
});

describe('a person signs in', () => {
  test('with the token in the fragment, which leaves the address at once and stays in this tab', async () => {
    const { page, at } = visitor;
    await at('/waiting');
    await heading('For you').waitFor();
    expect(page.url()).toBe(`${site.url}/#/waiting`);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(TOKEN);
    expect(await page.evaluate('document.documentElement.outerHTML')).not.toContain(TOKEN);
    await page.reload();
    await heading('For you').waitFor();
    expect(site.requests.filter(({ line }) => line.includes(TOKEN))).toEqual([]);
  });

  test('with a typed token, and comes to the place of the address', async () => {
    const stranger = await visit(site, { token: null });
    await stranger.at('/remediations/3a1c01aa-person');
    await stranger.page.getByLabel('Console token').fill('a-wrong-token-of-thirty-two-characters');
    await stranger.page.getByRole('button', { name: 'Sign in' }).click();
    await stranger.page.getByText('The bearer token is not valid for this route').waitFor();
    expect(await findingsOfAxe(stranger.page)).toEqual([]);
    await stranger.page.getByLabel('Console token').fill(TOKEN);
    await stranger.page.keyboard.press('Enter');
    await stranger.page.getByRole('heading', { name: 'Reset os-node-created-a063' }).waitFor();
    await stranger.page.getByRole('button', { name: 'Sign out' }).first().click();
    await stranger.page.getByLabel('Console token').waitFor();
    expect(await stranger.page.evaluate('JSON.stringify(sessionStorage)')).not.toContain(TOKEN);
    await stranger.page.close();
  });

  test('and sees why a button is not for the own role', async () => {
    world.me = { name: 'bob', role: 'read' };
    await visitor.at('/waiting');
    const reject = button('Reject').first();
    await expect
      .poll(() => reject.getAttribute('title'))
      .toBe('Your role is read. This needs the role approve.');
    expect(await reject.isDisabled()).toBe(true);
    expect(await button('Withdraw').isDisabled()).toBe(true);
  });
});

describe('a person decides', () => {
  test('a deletion needs the typed name of its target', async () => {
    await visitor.at('/waiting');
    const approve = button('Approve the deletion');
    await approve.waitFor();
    expect(await approve.isDisabled()).toBe(true);
    await visitor.page.getByLabel('To approve, type np-train-old').fill('np-train-ol');
    expect(await approve.isDisabled()).toBe(true);
    await visitor.page.getByLabel('To approve, type np-train-old').fill('np-train-old');
    await approve.click();
    await expect.poll(() => world.acts).toEqual(['approve 4f0c01aa-approval 92ab41d0c3']);
    await approve.waitFor({ state: 'detached' });
  });

  test('a plan is rejected on its own page', async () => {
    await visitor.at('/remediations/4f0c02aa-approval');
    await button('Reject').click();
    await visitor.page.getByText('rejected', { exact: true }).waitFor();
    expect(world.acts).toEqual(['reject 4f0c02aa-approval 77bb41d0c3']);
  });

  test('a waiting command is withdrawn, and nodes are released, after a question', async () => {
    await visitor.at('/waiting');
    await button('Withdraw').click();
    await button('No').click();
    await button('Withdraw').click();
    await button('Yes, withdraw it').click();
    await expect.poll(() => world.acts).toEqual(['withdraw 8c6f04aa-waiting']);
    await visitor.page.getByText('No command waits.').waitFor();
    await button('Release its nodes').click();
    await button('Yes, release the nodes').click();
    await expect.poll(() => world.acts.at(-1)).toBe('release 3a1c01aa-person');
  });

  test('a dead letter goes back', async () => {
    await visitor.at('/waiting');
    await button('Send it back').click();
    await expect.poll(() => world.acts).toEqual(['redrive msg-91bc']);
    await visitor.page.getByText('https://chat.example answered 502.').waitFor({ state: 'detached' });
  });

  test('and a refusal is shown in its words', async () => {
    await visitor.at('/remediations/4f0c02aa-approval');
    await button('Approve').waitFor();
    await visitor.page.route('**/approve', (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          title: 'Conflict',
          detail: 'Another plan waits. Look at it, and decide on that one',
        }),
      }),
    );
    await button('Approve').click();
    await visitor.page.getByRole('alert').getByText('Another plan waits.').waitFor();
  });
});

describe('the simulator', () => {
  test('is there to break a node, to disturb the API, and to heal all', async () => {
    const { page, at } = visitor;
    await at('/simulator');
    await button('os-node-created-a003: well. Break it').click();
    await button('os-node-created-a003: broken. Repair it').waitFor();
    await button('Lose an answer').click();
    await page.getByRole('list', { name: 'Faults in force' }).getByText('lost-answer').waitFor();
    await button('Drift a clock').click();
    await expect.poll(() => world.acts.at(-1)).toBe('{"clockDriftSeconds":1200}');
    await button('Heal all').click();
    await button('os-node-created-a003: well. Break it').waitFor();
    expect(world.faults).toEqual([]);
    expect(world.acts.slice(-2)).toEqual(['{"clockDriftSeconds":0}', 'heal']);
  });

  test('has no place where the system has none', async () => {
    world.me = { name: 'ada', role: 'admin', system: { simulated: false, version: '1.0.0' } };
    await visitor.at('/');
    await visitor.page.getByText('v1.0.0').first().waitFor();
    expect(await visitor.page.getByRole('link', { name: 'Simulator' }).count()).toBe(0);
  });
});

describe('the real console', () => {
  test('answers the page from its ledger', async () => {
    const bench = createBench();
    const node = nodeName(1);
    await bench.receive(firing(node));
    await bench.advance(5_000);
    const real = await serveSite(built, table, bench.services as never);
    const guest = await visit(real);
    await guest.page.clock.install({ time: bench.now() });
    await guest.at('/remediations');
    await guest.page.getByRole('link', { name: `Reset ${node}` }).click();
    await guest.page.getByRole('heading', { name: `Reset ${node}` }).waitFor();
    await guest.page.getByText('The rule card-lost chose reset-nodes').waitFor();
    await guest.page.getByText('ModelArts accepted batch-reset, sent once.').waitFor();
    await guest.at('/');
    await guest.page.getByRole('region', { name: 'Pool train-a' }).waitFor();
    expect(guest.problems).toEqual([]);
    await guest.page.close();
    await real[Symbol.asyncDispose]();
  });
});

describe('foreign texts', () => {
  test('are shown as texts, and characters that turn or hide text are spelled out', async () => {
    const { page, at } = visitor;
    const shown = NASTY.replace('\u202e', '\\u202e');
    for (const place of [
      '/remediations',
      '/remediations/2b0007aa-nasty',
      '/day',
      `/why?q=${encodeURIComponent('f00d000000000007')}`,
    ]) {
      await at(place);
      await expect.poll(() => page.textContent('body'), { message: place }).toContain(shown);
      expect(await page.evaluate('window.hacked'), place).toBeUndefined();
      expect(await page.locator('img').count(), place).toBe(0);
    }
  });
});

describe('code from elsewhere', () => {
  test('does not run, not even if it came into the page', async () => {
    const { page, at, problems } = visitor;
    await at('/why');
    await heading('Why?').waitFor();
    await expect(
      page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), { text: 'window.hacked = 1' }))",
      ),
    ).rejects.toThrow('TrustedScript');
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('style'), { textContent: '*{}' }))",
    );
    await expect.poll(() => problems.join()).toContain('Content Security Policy');
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    problems.length = 0;
  });
});

describe('by keyboard alone', () => {
  test('a person skips to the content, walks the nodes with the arrows, and opens one', async () => {
    const { page, at } = visitor;
    await at('/');
    await page.getByRole('region', { name: 'Pool train-a' }).getByRole('link', { name: /a001/ }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    const focused = () => page.evaluate('document.activeElement.getAttribute("aria-label") ?? ""');
    for (
      let presses = 0;
      presses < 40 && !String(await focused()).startsWith('os-node-created-a001');
      presses += 1
    )
      await page.keyboard.press('Tab');
    for (const key of [
      'ArrowRight',
      'ArrowRight',
      'ArrowDown',
      'ArrowUp',
      'ArrowLeft',
      'End',
      'Home',
      'ArrowRight',
    ])
      await page.keyboard.press(key);
    expect(await focused()).toContain('os-node-created-a002: well');
    await page.keyboard.press('Tab');
    expect(await focused()).not.toContain('os-node-created-a003');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await heading('os-node-created-a002').waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H1');
  });
});

describe('the theme', () => {
  test('follows the system until a person chooses one, which stays', async () => {
    const { page, at } = visitor;
    const background = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    await page.emulateMedia({ colorScheme: 'light' });
    await at('/why');
    await heading('Why?').waitFor();
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background();
    expect(dark).not.toBe(light);
    await button('light').first().click();
    expect(await background()).toBe(light);
    await page.reload();
    await heading('Why?').waitFor();
    expect(await background()).toBe(light);
    await button('system').first().click();
    expect(await background()).toBe(dark);
  });
});

describe('the answers', () => {
  test('are asked for again with their tags, and seldom while the tab is hidden', async () => {
    const { page, at } = visitor;
    await page.clock.install();
    await at('/remediations');
    await heading('Remediations').waitFor();
    await expect.poll(() => asked(LIST).length).toBe(1);
    await page.clock.runFor(3_100);
    await expect.poll(() => asked(LIST).map(({ status }) => status)).toEqual([200, 304]);
    await page.evaluate('Object.defineProperty(document, "hidden", { value: true, configurable: true })');
    // A timer of the visible page may still be set.
    await page.clock.fastForward(10_000);
    await page.clock.fastForward(40_000);
    const hidden = asked(LIST).length;
    expect(hidden).toBeLessThanOrEqual(3);
    await page.clock.fastForward(70_000);
    await expect.poll(() => asked(LIST).length).toBe(hidden + 1);
  });

  test('say so when none come, and go on by themselves', async () => {
    const { page, at } = visitor;
    await page.clock.install();
    await at('/');
    await heading(/wait for you/).waitFor();
    await page.route('**/*', (route) => route.abort());
    await page.clock.runFor(4_000);
    await page.getByText('Poolkeeper has not answered for').waitFor();
    expect(await page.textContent('h1')).toBe('5 things wait for you');
    await page.unroute('**/*');
    await page.clock.fastForward(40_000);
    await page.getByText('Poolkeeper has not answered for').waitFor({ state: 'detached' });
  });

  test('of a version without these routes leave their places with a word', async () => {
    const {
      'GET /remediations': remediations,
      'GET /remediations/{id}': remediation,
      'GET /events': events,
    } = fixturesOf(world);
    const older = await serveSite(
      built,
      routesOf({
        'GET /remediations': remediations!,
        'GET /remediations/{id}': remediation!,
        'GET /events': events!,
      }),
      {},
    );
    const guest = await visit(older);
    await guest.at('/');
    await guest.page.getByText('This version of Poolkeeper does not show pools yet.').waitFor();
    await guest.page.getByRole('link', { name: 'For you' }).first().click();
    await guest.page.getByText('does not show dead letters yet').waitFor();
    await guest.at('/day');
    await guest.page
      .getByText(/\d+ decisions/)
      .first()
      .waitFor();
    expect(guest.problems).toEqual([]);
    await guest.page.close();
    await older[Symbol.asyncDispose]();
  });
});

describe('ten thousand remediations', () => {
  test('scroll to their end, with few rows drawn at a time', async () => {
    const { page, at } = visitor;
    world.remediations = Array.from({ length: 10_000 }, (_, index) => ({
      id: `many-${index}`,
      action: 'reset-nodes',
      pool: 'pool',
      nodes: [`node-${index}`],
      state: 'succeeded',
      receipts: [],
      createdAt: new Date(world.now - index * 1_000).toISOString(),
    }));
    await at('/remediations');
    await page.getByText('Reset node-0', { exact: true }).waitFor();
    const rows = () => page.locator('.ledger-row').count();
    expect(await rows()).toBeLessThan(90);
    const last = page.getByText('Reset node-9999', { exact: true });
    await expect
      .poll(
        async () => {
          await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
          return last.count();
        },
        { interval: 20 },
      )
      .toBe(1);
    expect(await rows()).toBeLessThan(90);
    expect(await page.textContent('.view-head')).toContain('10,000 remediations');
    await page.evaluate('scrollTo(0, 0)');
    await page.getByText('Reset node-0', { exact: true }).waitFor();
  });
});
