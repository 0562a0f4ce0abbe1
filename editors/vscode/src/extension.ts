// Starts `vpcc lsp` and offers the commands of the program. All knowledge of the language is in the server.

import * as vscode from "vscode";
import { redraw, showGraph } from "./graph";
import { ask, runInTerminal, told } from "./program";
import { programOf, restart, start, stop } from "./server";

/** The file of the active editor, saved; the user is told if there is none. */
async function activeFile(): Promise<vscode.Uri | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "vpc") {
    await vscode.window.showInformationMessage("Open a .vpc file first.");
    return undefined;
  }
  await document.save();
  return document.uri;
}

/** Runs the program on what the active editor's file belongs to. */
async function onProgram(command: string, ...args: string[]): Promise<void> {
  const file = await activeFile();
  if (file) {
    await runInTerminal(command, command, told(await programOf(file)), ...args);
  }
}

async function graph(): Promise<void> {
  const file = await activeFile();
  if (file) {
    await showGraph(file);
  }
}

/** Writes a small commented program and opens it. */
async function create(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const defaultUri = folder && vscode.Uri.joinPath(folder, "cluster.vpc");
  const file = await vscode.window.showSaveDialog({ defaultUri, filters: { vpc: ["vpc"] }, title: "A new program" });
  if (!file) {
    return;
  }
  const answer = await ask("new", file.fsPath);
  if (answer.ok) {
    await vscode.window.showTextDocument(file);
  } else {
    await vscode.window.showErrorMessage(answer.text);
  }
}

/** Shows the long story of a finding at the cursor, or of one that the user names. */
async function explain(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const here = editor && vscode.languages
    .getDiagnostics(editor.document.uri)
    .find((found) => found.source === "vpcc" && found.range.contains(editor.selection.active));
  const code = here?.code;
  const named = typeof code === "object" ? String(code.value) : code === undefined ? undefined : String(code);
  const slug = named ?? (await vscode.window.showInputBox({ prompt: "Which finding? For example cidr-overlap" }));
  if (slug) {
    await runInTerminal(`explain ${slug}`, "explain", slug);
  }
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("vpc.new", create),
    vscode.commands.registerCommand("vpc.check", () => onProgram("check")),
    vscode.commands.registerCommand("vpc.plan", () => onProgram("plan")),
    vscode.commands.registerCommand("vpc.planOffline", () => onProgram("plan", "--offline")),
    vscode.commands.registerCommand("vpc.graph", graph),
    vscode.commands.registerCommand("vpc.explain", explain),
    vscode.commands.registerCommand("vpc.restart", restart),
    vscode.workspace.onDidSaveTextDocument(async (document) => {
      if (document.languageId === "vpc") {
        await redraw(document.uri);
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(start),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("vpcc.path")) {
        await restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}
