// SPDX-License-Identifier: Apache-2.0
// Every page of the console as its people see it: Chinese and English at 1440, one dark, one on a phone. Nothing
// overflows, axe finds nothing serious, no text is a key, no page fails. Pictures go to tests/out/pages.
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { openBrowser, openDesk, PASSWORD, report, until } from "./desk.mjs";

const check = report();
const axe = readFileSync(
  new URL("../../web/node_modules/axe-core/axe.min.js", import.meta.url),
  "utf8",
);
const out = fileURLToPath(new URL("../out/pages/", import.meta.url));
mkdirSync(out, { recursive: true });

const PAGES = [
  ["sign-in", "/sign-in", { signedOut: true }],
  ["inbox", "/inbox/mine"],
  ["conversation-mail", "/inbox/all/325"],
  ["conversation-chat", "/inbox/all/399"],
  ["customers", "/customers"],
  ["customer", "/customers/29"],
  ["search", "/search?q=lamp"],
  ["profile", "/settings/profile"],
  ["people", "/settings/people"],
  ["roles", "/settings/roles"],
  ["teams", "/settings/teams"],
  ["inboxes", "/settings/inboxes"],
  ["inbox-chat", "/settings/inboxes/1"],
  ["inbox-new", "/settings/inboxes/new"],
  ["canned", "/settings/canned"],
  ["tags", "/settings/tags"],
  ["desk", "/settings/desk"],
  ["quarantine", "/settings/quarantine"],
  ["failed", "/settings/failed"],
  ["system", "/settings/system"],
  ["nothing", "/no/such/page"],
];
const LOOKS = [
  { name: "en", locale: "en", theme: "light", width: 1440, height: 900 },
  { name: "zh-dark", locale: "zh-CN", theme: "dark", width: 1440, height: 900 },
  {
    name: "zh-phone",
    locale: "zh-CN",
    theme: "light",
    width: 390,
    height: 844,
  },
];

async function serious(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `${v.id}: ${v.nodes[0].target.join(" ")}`);
}

/** What is wider than the window, and texts that are keys nobody translated. */
const faults = () => {
  const width = document.documentElement.clientWidth;
  const wide =
    document.documentElement.scrollWidth > width + 1
      ? ["the page overflows"]
      : [];
  const keys =
    document.body.innerText
      .replace(/\{\{.*?\}\}/g, "")
      .match(
        /\b(?:account|inbox|error|settings|customer|action|event)\.[a-z_]+\b/g,
      ) ?? [];
  return [...wide, ...keys.map((k) => `a key: ${k}`)];
};

async function look(context, desk, name, path, view) {
  const page = await context.newPage();
  check.watch(page, `${name} ${view.name}`);
  await page.goto(desk.url + path);
  const settled = () =>
    page.evaluate(
      () =>
        !document.querySelector("[aria-busy=true]") &&
        document.body.innerText.trim().length > 10,
    );
  await until(settled, 8000);
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${out}${name}-${view.name}.png` });
  const found = [...(await page.evaluate(faults)), ...(await serious(page))];
  check(found.length === 0, `${name}, ${view.name} ${found.join("; ")}`);
  await page.close();
}

const desk = await openDesk();
const browser = await openBrowser();
try {
  for (const view of LOOKS) {
    const shape = {
      viewport: { width: view.width, height: view.height },
      locale: view.locale,
      colorScheme: view.theme,
    };
    const inside = await browser.newContext(shape);
    const outside = await browser.newContext(shape);
    const email = "chen.yu@dengyu.example";
    await inside.request.post(`${desk.url}/api/v1/session`, {
      data: { email, password: PASSWORD },
    });
    await inside.request.patch(`${desk.url}/api/v1/me`, {
      data: { locale: view.locale, theme: view.theme },
    });
    for (const [name, path, how] of PAGES)
      await look(how?.signedOut ? outside : inside, desk, name, path, view);
    await inside.close();
    await outside.close();
  }
} finally {
  await browser.close();
  await desk.close();
}
check.end();
