// Opens a page of slim's in Chromium. Notes what must not happen: errors on the console, exceptions, requests.
import puppeteer from "puppeteer-core";
import { pathToFileURL } from "node:url";

export async function start() {
  return puppeteer.launch({executablePath: process.env.CHROMIUM || "/usr/bin/chromium", headless: true,
                           args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]});
}

// wrong: texts are added to it. scheme: light or dark. page: a new one by default.
export async function open(browser, file, {scheme = "light", width = 1200, height = 900} = {}, wrong = [],
                           page = null) {
  page = page || await browser.newPage();
  const address = pathToFileURL(file).href;
  page.on("console", (m) => { if (m.type() !== "log") wrong.push("console: " + m.text()); });
  page.on("pageerror", (e) => wrong.push("exception: " + e.message));
  page.on("dialog", (d) => { wrong.push("dialog: " + d.message()); d.dismiss(); });
  page.on("request", (r) => { if (!r.url().split("#")[0].startsWith(address)) wrong.push("request: " + r.url().slice(0, 200)); });
  await page.setViewport({width, height});
  await page.emulateMediaFeatures([{name: "prefers-color-scheme", value: scheme}]);
  await page.goto(address);
  await page.waitForSelector("html[data-ready=yes]", {timeout: 60000});
  return page;
}
