// The picture of a program, in a panel beside its text, drawn anew when the text is saved.

import * as path from "node:path";
import * as vscode from "vscode";
import { ask } from "./program";
import { programOf } from "./server";

const panels = new Map<string, vscode.WebviewPanel>();

/** Opens the picture of the program that a file belongs to. */
export async function showGraph(file: vscode.Uri): Promise<void> {
  const program = await programOf(file);
  const open = panels.get(program);
  if (open) {
    open.reveal(undefined, true);
  } else {
    panels.set(program, panelFor(program));
  }
  await draw(program);
}

/** Draws anew what a saved file may have changed. */
export async function redraw(file: vscode.Uri): Promise<void> {
  if (panels.size > 0) {
    await draw(await programOf(file));
  }
}

function panelFor(program: string): vscode.WebviewPanel {
  const title = `${path.basename(program)}: picture`;
  const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
  const panel = vscode.window.createWebviewPanel("vpcc.graph", title, place, { enableScripts: false });
  panel.onDidDispose(() => panels.delete(program));
  return panel;
}

async function draw(program: string): Promise<void> {
  const panel = panels.get(program);
  if (!panel) {
    return;
  }
  const answer = await ask("graph", program);
  panel.webview.html = page(answer.ok ? picture(answer.text) : `<pre>${escaped(answer.text)}</pre>`);
}

/** An image, in which nothing of the SVG can run, and which follows the editor's colours by `color-scheme`. */
function picture(svg: string): string {
  const data = Buffer.from(svg, "utf8").toString("base64");
  return `<img alt="The program's networks" src="data:image/svg+xml;base64,${data}">`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function page(body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
img { max-width: 100%; color-scheme: light; }
.vscode-dark img, .vscode-high-contrast:not(.vscode-high-contrast-light) img { color-scheme: dark; }
</style>
</head>
<body>${body}</body>
</html>`;
}
