// time.mjs PAGE QUERY... : prints how long the page takes to open, and each keystroke of the search, in milliseconds, as
// JSON. Each is done several times, because other programs use the machine, too; of a keystroke the least counts. For
// tests/bench/page.py: no test judges by the clock.
import { open, start } from "./browser.mjs";

const TIMES = 5;

// From the start of the navigation until the page has its sections and the browser has laid them out.
async function openOnce(browser, file) {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => new MutationObserver(() => {
    if (document.documentElement?.dataset.ready && !window.readyAt) {
      document.body.getBoundingClientRect();
      window.readyAt = performance.now();
    }
  }).observe(document, {attributes: true, subtree: true, childList: true}));
  await open(browser, file, {}, [], page);
  const ms = await page.evaluate(() => window.readyAt);
  await page.close();
  return ms;
}

async function type(page, query) {
  return page.evaluate((text, times) => {
    const input = document.getElementById("query"), least = new Array(text.length).fill(Infinity);
    for (let i = 0; i < times; i++)
      for (let n = 1; n <= text.length; n++) {
        const before = performance.now();
        input.value = text.slice(0, n);
        input.dispatchEvent(new Event("input"));
        document.body.getBoundingClientRect();
        least[n - 1] = Math.min(least[n - 1], performance.now() - before);
      }
    return least;
  }, query, TIMES);
}

const [file, ...queries] = process.argv.slice(2), browser = await start(), opened = [], keys = [];
try {
  for (let i = 0; i < TIMES; i++)
    opened.push(await openOnce(browser, file));
  const page = await open(browser, file);
  const files = await page.evaluate(() => document.querySelectorAll(".node").length);
  for (const query of queries)
    keys.push(...await type(page, query));
  console.log(JSON.stringify({opened, keys, rectangles: files}));
} finally {
  await browser.close();
}
