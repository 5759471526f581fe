/**
 * Opens a sweep's report in headless Chromium, looks at it and clicks: npm run sweep:look -- [REPORT.html] [PICTURE.png].
 * Without a report it runs a sweep, looks at the page that follows it (`--watch`) while points come, and then at its report.
 */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { sweep, type SweepResult } from '../generator/index.js';

const given = process.argv.slice(2);
const [report, picture] = ['.html', '.png'].map((end) => given.find((path) => path.endsWith(end)));
const folders = (process.env['PATH'] ?? '').split(delimiter);
const command = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => folders.map((folder) => join(folder, name)))
  .find((path) => existsSync(path));

type Check = (good: boolean, what: string) => void;

/** Drags over a part of an axis of the parallel coordinates and counts what stays, there and in the table. */
async function brush(page: Page, check: Check): Promise<void> {
  const chart = page.locator('.parallel').first();
  if ((await chart.count()) === 0) return;
  const count = async (): Promise<number[]> => [
    await chart.locator('path:not(.off)').count(),
    await page.locator('tr[data-row]:not(.off)').count(),
  ];
  const [all = 0, rows = 0] = await count();
  const grip = chart.locator('.grip').last();
  await grip.scrollIntoViewIfNeeded();
  const box = (await grip.boundingBox())!;
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + 0.5 * box.height);
  await page.mouse.down();
  await page.mouse.move(x, box.y + 0.75 * box.height, { steps: 3 });
  await page.mouse.move(x, box.y + box.height, { steps: 3 });
  await page.mouse.up();
  const [kept = 0, left = 0] = await count();
  check(kept > 0 && kept < all && left < rows, `a drag along an axis keeps ${kept} of ${all} lines and ${left} of ${rows} rows`);
  const without = await page
    .locator('tr[data-row]:not(.off) td:last-child')
    .filter({ hasText: /^failed$/ })
    .count();
  check(without === 0, 'keeps no row that has no value there');
  check((await chart.locator('output').textContent()) === `${kept} of ${all}`, 'says how many are kept');
  if (picture !== undefined) await chart.screenshot({ path: picture.replace(/(\.png)?$/, '-brushed.png') });
  await chart.locator('button').click();
  check((await count()).join() === [all, rows].join(), 'gives all back');
}

/** Unfolds the first point and reads the command in it. */
async function unfold(page: Page, check: Check): Promise<void> {
  const row = page.locator('tr[data-detail]').first();
  if ((await row.count()) === 0) return;
  await row.click();
  const text = (await page.locator('tr.detail pre').textContent()) ?? '';
  check(/^trexgen sweep .*--set /m.test(text), 'a click on a row shows the command that measures its point');
  await row.click();
  check((await page.locator('tr.detail').count()) === 0, 'a second click folds it');
}

/** Goes from the dot of a point to its row, as a click and as an address. */
async function followDot(page: Page, check: Check): Promise<void> {
  const dot = page.locator('figure svg a[*|href^="#point-"]').last();
  if ((await dot.count()) === 0) return;
  const anchor = (await dot.getAttribute('xlink:href')) ?? '';
  const text = page.locator('tr.detail pre');
  await dot.dispatchEvent('click');
  const about = `point ${anchor.replace('#point-', '')}, key `;
  check((await text.count()) === 1 && (await text.textContent())!.startsWith(about), `a click on a dot unfolds its row, ${anchor}`);
  await page.reload();
  check((await text.count()) === 1 && (await text.textContent())!.startsWith(about), 'so does the address that ends with it');
}

/** A sweep that takes a while: four inputs on ever new hardware. */
function watchedSweep(out: string, onNote: (text: string) => void): Promise<SweepResult> {
  return sweep({
    set: ['array.slices=1..4', 'array.lanesPerSlice=1..8', 'array.passes=4..20', 'run.task=mnist,g2p', 'run.latency=10..60:5'],
    search: 'nsga2',
    budget: 700,
    fidelity: 'golden',
    surrogate: 'none',
    accuracyInputs: 20,
    jobs: 1,
    watch: true,
    out,
    onNote,
  });
}

/** Looks at the page of a running sweep: it grows, waits while it is in use, and says where the report is. */
async function follow(browser: Browser, check: Check, problems: string[]): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'trexgen-look-'));
  const page = await openPage(browser, problems);
  let address: (url: string) => void = () => undefined;
  const url = new Promise<string>((resolve) => (address = resolve));
  const swept = watchedSweep(out, (text) => address(/http:\S+/.exec(text)?.[0] ?? ''));
  await page.goto(await url);
  const drawn = page.locator('.parallel path');
  const until = async (good: () => Promise<boolean>): Promise<boolean> => {
    for (let tries = 0; tries < 200; tries++, await sleep(100)) if (await good()) return true;
    return false;
  };
  check(await until(async () => (await drawn.count()) > 5), 'the page of a running sweep shows its first points');
  const before = await drawn.count();
  check(await until(async () => (await drawn.count()) > before), `and more of them by and by, after ${before}`);
  if (picture !== undefined) await page.screenshot({ path: picture.replace(/(\.png)?$/, '-watched.png'), fullPage: true });
  await page.locator('table.sortable th').last().click();
  const renew = page.locator('#live button');
  check(await until(async () => (await renew.count()) === 1), 'a table that was sorted is left alone, and newer points are offered');
  const held = await drawn.count();
  await renew.click();
  check((await drawn.count()) > held, 'a click takes them');
  const { points } = await swept;
  const said = page.locator('#live');
  check(
    await until(async () => (await said.textContent())?.includes(join(out, 'report.html')) === true),
    'the end says where the report is',
  );
  check((await page.locator('tr[data-row]').count()) === points.length, `and shows all ${points.length} points`);
  check(
    await fetch(await url).then(
      () => false,
      () => true,
    ),
    'nothing listens any more',
  );
  await page.close();
  return join(out, 'report.html');
}

async function openPage(browser: Browser, problems: string[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  return page;
}

async function look(executablePath: string, of: string | undefined): Promise<string[]> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  const problems: string[] = [];
  const check: Check = (good, what) => {
    console.log(`${good ? 'good' : 'BAD '} ${what}`);
    if (!good) problems.push(what);
  };
  try {
    const path = of ?? (await follow(browser, check, problems));
    const page = await openPage(browser, problems);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(resolve(path)).href);
    check(requests.length === 1, 'loads nothing but itself');
    check((await page.title()) !== '', 'has a title');
    const drawn = await page
      .locator('figure svg')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).filter(({ width, height }) => width > 100 && height > 60).length);
    check(drawn >= 2, `${drawn} pictures are drawn`);
    check(await page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth'), 'is no wider than the window');
    const table = page.locator('table.sortable').last();
    const column = async (): Promise<number[]> =>
      (await table.locator('tbody td:first-child').allTextContents()).map((text) => Number(text.replaceAll(',', '')));
    const head = table.locator('th').first();
    await head.click();
    const up = await column();
    check(
      up.every((value, i) => i === 0 || up[i - 1]! <= value),
      `a click sorts ${up.length} rows`,
    );
    await head.click();
    const down = await column();
    check(down.every((value, i) => i === 0 || down[i - 1]! >= value) && up.length === down.length, 'a second click turns the order round');
    await brush(page, check);
    await unfold(page, check);
    await followDot(page, check);
    if (picture !== undefined) await page.screenshot({ path: picture, fullPage: true, timeout: 120_000 });
  } finally {
    await browser.close();
  }
  return problems;
}

if (command === undefined) {
  console.log('chromium: not found, so the report was not looked at; on Debian: sudo apt-get install -y chromium');
} else {
  const problems = await look(command, report);
  problems.forEach((problem) => console.log(problem));
  process.exitCode = problems.length > 0 ? 1 : 0;
}
