/** Opens a sweep's report in headless Chromium, looks at it and clicks: npx jiti bench/report-browser.ts REPORT.html [PICTURE.png]. */
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [report, picture] = process.argv.slice(2);
const folders = (process.env['PATH'] ?? '').split(delimiter);
const command = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => folders.map((folder) => join(folder, name)))
  .find((path) => existsSync(path));

async function look(executablePath: string, path: string): Promise<string[]> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  const problems: string[] = [];
  const check = (good: boolean, what: string): void => {
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
