// Starts `vpcc lsp` and offers the commands of the program. All knowledge of the language is in the server.

import * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";

const INSTALL = "https://github.com/vpcc/vpcc#use-it";

let client: LanguageClient | undefined;

/** The program as the settings name it. */
function program(): string {
  return vscode.workspace.getConfiguration("vpcc").get<string>("path")?.trim() || "vpcc";
}

async function start(): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    return;
  }
  const server = { command: program(), args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("vpcc", "vpcc", server, { documentSelector: [{ scheme: "file", language: "vpc" }] });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    await missing(error);
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop();
}

/** Says what to do when the server cannot be started. */
async function missing(error: unknown): Promise<void> {
  const why = error instanceof Error ? error.message : String(error);
  const answer = await vscode.window.showErrorMessage(
    `vpcc cannot be started as \`${program()}\`: ${why}. Without it .vpc files are only highlighted.`,
    "How to install it",
    "Say where it is",
  );
  if (answer === "How to install it") {
    await vscode.env.openExternal(vscode.Uri.parse(INSTALL));
  } else if (answer === "Say where it is") {
    await vscode.commands.executeCommand("workbench.action.openSettings", "vpcc.path");
  }
}

/** Runs the program in a terminal, without a shell that could make something else of a path. */
async function run(title: string, ...args: string[]): Promise<void> {
  const execution = new vscode.ProcessExecution(program(), args);
  const task = new vscode.Task({ type: "vpcc", title }, vscode.TaskScope.Workspace, title, "vpcc", execution);
  task.presentationOptions = { clear: true, reveal: vscode.TaskRevealKind.Always };
  await vscode.tasks.executeTask(task);
}

/** Runs the program on the file of the active editor. */
async function onFile(title: string, ...args: string[]): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "vpc") {
    await vscode.window.showInformationMessage("Open a .vpc file first.");
    return;
  }
  await document.save();
  await run(title, ...args, document.uri.fsPath);
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
    await run(`explain ${slug}`, "explain", slug);
  }
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("vpc.check", () => onFile("check", "check")),
    vscode.commands.registerCommand("vpc.plan", () => onFile("plan", "plan")),
    vscode.commands.registerCommand("vpc.explain", explain),
    vscode.commands.registerCommand("vpc.restart", async () => {
      await stop();
      await start();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(start),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("vpcc.path")) {
        await stop();
        await start();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}
