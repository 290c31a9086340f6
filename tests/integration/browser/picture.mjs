// picture.mjs PAGE PICTURE.png [WIDTH HEIGHT [light|dark [PATH]]] : a picture of the page as it opens, or with the answer for
// a path.
import { open, start } from "./browser.mjs";

const [file, picture, width = "1100", height = "900", scheme = "light", path = ""] = process.argv.slice(2), wrong = [];
const browser = await start();
try {
  const page = await open(browser, file, {scheme, width: Number(width), height: Number(height)}, wrong);
  if (path)
    await page.evaluate((p) => { location.hash = "#" + encodeURI(p); }, path);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.screenshot({path: picture});
} finally {
  await browser.close();
}
if (wrong.length)
  throw new Error(wrong.join("\n"));
