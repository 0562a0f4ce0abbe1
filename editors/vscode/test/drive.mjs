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

/** Does again what an editor that is still busy has swallowed, as a user would. */
async function patiently(act) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act({ timeout: 5_000 });
    } catch (fault) {
      if (attempt === 6) {
        throw fault;
      }
      await page.keyboard.press("Escape");
      await page.mouse.move(5, 5);
    }
  }
}

const palette = (command) =>
  patiently(async (soon) => {
    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget input").fill(`>${command}`, soon);
    await page.locator(".quick-input-list .monaco-list-row", { hasText: command }).first().click(soon);
  });

const hover = (text, ...told) =>
  patiently(async (soon) => {
    await word(text).hover(soon);
    for (const hasText of told) {
      await page.locator(".monaco-hover", { hasText }).waitFor(soon);
    }
  });

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
  await patiently(async (soon) => {
    await page.keyboard.press("Control+P");
    await page.locator(".quick-input-widget input").fill("program.vpc", soon);
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "program.vpc" }).first().click(soon);
  });
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
  await hover("one", "t3.micro");
  await page.keyboard.press("Escape");
  await hover("10.117.0.5/24", "does not start at", "Quick Fix");
  if (SCREENSHOT) {
    await page.screenshot({ path: join(MEDIA, "editor.png") });
  }
  await page.keyboard.press("Escape");
});

await step("mends it", async () => {
  await patiently(async (soon) => {
    await word("10.117.0.5/24").click(soon);
    await page.keyboard.press("Control+.");
    await page.locator(".action-widget .monaco-list-row", { hasText: "10.117.0.0/24" }).first().click(soon);
  });
  await saved((text) => text.includes("subnet lan 10.117.0.0/24 az a"));
  await until("no squiggle", async () => (await squiggles()) === 0);
});

await step("tells what the program makes", async () => {
  await page.locator(".codelens-decoration", { hasText: "creates 6 things" }).waitFor();
});

await step("renames", async () => {
  await patiently(async (soon) => {
    await word("web").click(soon);
    await page.keyboard.press("F2");
    await page.locator(".rename-box input").fill("front", soon);
  });
  await page.keyboard.press("Enter");
  await saved((text) => /sg front\b/.test(text) && /sg {4}front\b/.test(text));
});

await step("draws the picture", async () => {
  await palette("vpcc: Show the picture");
  const picture = page.frameLocator("iframe.webview").frameLocator("iframe").locator("img");
  await picture.waitFor();
  await until("an image", () => picture.evaluate((image) => image.naturalWidth > 100));
  if (SCREENSHOT) {
    await page.mouse.move(750, 480);
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: join(MEDIA, "picture.png") });
  }
});

await step("says it when vpcc is not there", async () => {
  writeFileSync(SETTINGS, JSON.stringify({ "vpcc.path": "/nowhere/vpcc" }));
  await page.locator(".notifications-toasts", { hasText: "There is no program at /nowhere/vpcc" }).waitFor();
});

await browser.close();
