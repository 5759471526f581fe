/** Opens a sweep's report in headless Chromium, looks at it and clicks: npx jiti bench/report-browser.ts REPORT.html [PICTURE.png]. */
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';

const [report, picture] = process.argv.slice(2);
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

async function look(executablePath: string, path: string): Promise<string[]> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  const problems: string[] = [];
  const check: Check = (good, what) => {
    console.log(`${good ? 'good' : 'BAD '} ${what}`);
    if (!good) problems.push(what);
  };
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`console: ${message.text()}`);
    });
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
    if (picture !== undefined) await page.screenshot({ path: picture, fullPage: true, timeout: 120_000 });
  } finally {
    await browser.close();
  }
  return problems;
}

if (report === undefined) {
  console.error('give the path of a report.html');
  process.exitCode = 2;
} else if (command === undefined) {
  console.log('chromium: not found, so the report was not looked at; on Debian: sudo apt-get install -y chromium');
} else {
  const problems = await look(command, report);
  problems.forEach((problem) => console.log(problem));
  process.exitCode = problems.length > 0 ? 1 : 0;
}
