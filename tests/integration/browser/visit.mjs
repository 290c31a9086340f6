// visit.mjs PAGE [QUERY...] : goes through a page as a person would, by mouse and by keyboard, in light and dark, and
// prints what was there as JSON. wrong: console errors, exceptions, requests, findings of axe-core. With --judge in
// place of queries it only opens the page.
import axe from "axe-core";
import { open, start } from "./browser.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const text = (page, selector) => page.$$eval(selector, (all) => all.map((e) => e.textContent));

async function judge(page, when, wrong) {
  await page.evaluate(axe.source);
  const found = await page.evaluate((tags) => window.axe.run(document, {runOnly: {type: "tag", values: tags}}), TAGS);
  for (const v of found.violations)
    wrong.push(`axe, ${when}: ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
  return found.passes.map((p) => p.id);
}

// The treemap by keyboard: to the second rectangle, into it, and back. Returns the places.
async function walkTreemap(page) {
  const places = [], place = async () => places.push(await page.$eval(".trail", (e) => e.textContent));
  await page.$eval(".treemap .node[tabindex='0']", (e) => e.focus());
  for (const key of ["ArrowRight", "ArrowLeft", "End", "Home", "Enter"])
    await page.keyboard.press(key);
  await place();
  if (await page.$(".treemap .node[tabindex='0']")) {
    await page.$eval(".treemap .node[tabindex='0']", (e) => e.focus());
    await page.keyboard.press("Backspace");
    await place();
  }
  return places;
}

async function ask(page, query) {
  await page.focus("#query");
  await page.$eval("#query", (e) => { e.value = ""; });
  await page.type("#query", query);
  const found = await text(page, "#results .link"), status = await page.$eval(".found", (e) => e.textContent);
  await page.keyboard.press("ArrowDown");
  if (found.length)
    await page.keyboard.press("Enter");
  return {query, found, status, answer: found.length ? await page.$eval("#answer", (e) => e.textContent) : null,
          focus: await page.evaluate(() => document.activeElement.id)};
}

// Presses every button once that is there now, and every radio button.
async function pressAll(page) {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll("input[type=radio], .more, #main button")].filter((b) => !b.hidden);
    for (const button of all)
      if (button.isConnected)
        button.click();
    return all.length;
  });
}

async function visit(browser, file, scheme, queries) {
  const wrong = [], page = await open(browser, file, {scheme}, wrong);
  const seen = {scheme, wrong, title: await page.title(), sections: await text(page, "h2")};
  seen.summary = await page.$eval("header", (e) => e.textContent);
  seen.passed = await judge(page, scheme + ", as opened", wrong);
  seen.listing = await text(page, "#files tbody th");
  seen.rectangles = (await page.$$(".treemap .node")).length;
  seen.places = seen.rectangles ? await walkTreemap(page) : [];
  seen.asked = [];
  for (const query of queries)
    seen.asked.push(await ask(page, query));
  await judge(page, scheme + ", with an answer", wrong);
  seen.tables = await page.$$eval("table", (all) => Object.fromEntries(all.map((t) => [t.caption.textContent, [...t.tBodies[0].rows]
    .slice(0, 500).map((r) => [...r.cells].map((c) => c.textContent))])));
  seen.body = await page.$eval("main", (e) => e.innerText);
  seen.pressed = await pressAll(page);
  await judge(page, scheme + ", after all buttons", wrong);
  await page.emulateMediaType("print");
  seen.printed = await page.$$eval("form, .controls", (all) => all.filter((e) => e.getClientRects().length).length);
  await page.emulateMediaType("screen");
  await page.setViewport({width: 360, height: 740});
  seen.width = await page.evaluate(() => document.documentElement.scrollWidth);
  await judge(page, scheme + ", on a phone", wrong);
  seen.elements = await page.$$eval("script, img, iframe, link, object", (all) => all.map((e) => e.localName + (e.id ? "#" + e.id : "")));
  await page.close();
  return seen;
}

// Only what is wrong with any page: shows that a fault is found.
async function judgeOnly(browser, file) {
  const wrong = [], page = await open(browser, file, {}, wrong);
  await judge(page, "as opened", wrong);
  return {wrong};
}

const [file, ...queries] = process.argv.slice(2), browser = await start(), all = [];
try {
  if (queries[0] === "--judge")
    all.push(await judgeOnly(browser, file));
  else
    for (const scheme of ["light", "dark"])
      all.push(await visit(browser, file, scheme, queries));
} finally {
  await browser.close();
}
console.log(JSON.stringify(all));
