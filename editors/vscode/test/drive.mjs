// Does in Visual Studio Code what a user does, and reads what it shows. The first thing that isn't as it should be ends it.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { MODULES, CHROMIUM, URL: address, FOLDER, SETTINGS, SCREENSHOT } = process.env;
const { chromium } = createRequire(join(MODULES, "playwright-core", "package.json"))("playwright-core");
const FILE = join(FOLDER, "program.vpc");
const MEDIA = new URL("../media/", import.meta.url).pathname;
const FAILURE = join(tmpdir(), "vpcc-vscode-failure.png");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
const page = await browser.newPage({ viewport: { width: 1000, height: 560 }, deviceScaleFactor: 1.5 });
page.setDefaultTimeout(30_000);

async function step(what, act) {
  try {
    await act();
    console.log(`ok Visual Studio Code: ${what}`);
  } catch (fault) {
    await page.screenshot({ path: FAILURE }).catch(() => {});
    console.log(`!! Visual Studio Code: ${what} FAILED (see ${FAILURE})`);
    throw fault;
  }
}

/** The first word of the text that reads like this, as the editor draws it. */
const word = (text) => page.locator(".view-line span > span", { hasText: text }).first();

async function palette(command) {
  await page.keyboard.press("F1");
  await page.locator(".quick-input-widget input").fill(`>${command}`);
  await page.locator(".quick-input-list .monaco-list-row").first().waitFor();
  await page.keyboard.press("Enter");
}

/** Saves, and waits until the file is as it should be. */
async function saved(expected) {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    await page.keyboard.press("Control+S");
    if (expected(readFileSync(FILE, "utf8"))) {
      return;
    }
    await page.waitForTimeout(200);
  }
  assert.fail(`the file is\n${readFileSync(FILE, "utf8")}`);
}

const squiggles = () => page.locator(".squiggly-error").count();

async function until(what, condition) {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (await condition()) {
      return;
    }
    await page.waitForTimeout(200);
  }
  assert.fail(`waited in vain for ${what}`);
}

await step("opens a program", async () => {
  await page.goto(`${address}?folder=${FOLDER}`);
  await page.locator(".monaco-workbench").waitFor();
  await page.keyboard.press("Control+P");
  await page.locator(".quick-input-widget input").fill("program.vpc");
  await page.locator(".quick-input-list .monaco-list-row").first().waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".view-line").first().waitFor();
  await page.keyboard.press("Control+B");
});

await step("colours it", async () => {
  await until("colours", async () => {
    const colours = await page.locator(".view-line span > span").evaluateAll(
      (spans) => new Set(spans.map((span) => getComputedStyle(span).color)).size,
    );
    return colours >= 4;
  });
});

await step("underlines what is wrong", async () => {
  await until("a squiggle", async () => (await squiggles()) === 1);
});

await step("tells what is wrong, and what a name stands for", async () => {
  await word("one").hover();
  await page.locator(".monaco-hover", { hasText: "t3.micro" }).waitFor();
  await page.keyboard.press("Escape");
  await word("10.117.0.5/24").hover();
  await page.locator(".monaco-hover", { hasText: "does not start at" }).waitFor();
  await page.locator(".monaco-hover", { hasText: "Quick Fix" }).waitFor();
  if (SCREENSHOT) {
    await page.screenshot({ path: join(MEDIA, "editor.png") });
  }
  await page.keyboard.press("Escape");
});

await step("mends it", async () => {
  await word("10.117.0.5/24").click();
  await page.keyboard.press("Control+.");
  await page.locator(".action-widget .action-item, .action-widget .monaco-list-row", { hasText: "10.117.0.0/24" }).first().click();
  await saved((text) => text.includes("subnet lan 10.117.0.0/24 az a"));
  await until("no squiggle", async () => (await squiggles()) === 0);
});

await step("renames", async () => {
  await word("web").click();
  await page.keyboard.press("F2");
  const box = page.locator(".rename-box input");
  await box.waitFor();
  await box.fill("front");
  await page.keyboard.press("Enter");
  await saved((text) => /sg front\b/.test(text) && /sg {4}front\b/.test(text));
});

await step("draws the picture", async () => {
  await palette("vpcc: Show the picture");
  const picture = page.frameLocator("iframe.webview").frameLocator("iframe").locator("img");
  await picture.waitFor();
  await until("an image", () => picture.evaluate((image) => image.naturalWidth > 100));
  if (SCREENSHOT) {
    await page.screenshot({ path: join(MEDIA, "picture.png") });
  }
});

await step("says it when vpcc is not there", async () => {
  writeFileSync(SETTINGS, JSON.stringify({ "vpcc.path": "/nowhere/vpcc" }));
  await page.locator(".notifications-toasts", { hasText: "There is no program at /nowhere/vpcc" }).waitFor();
});

await browser.close();
