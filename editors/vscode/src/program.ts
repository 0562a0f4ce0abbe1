// The program vpcc: where it is, whether it is there, and how it is run.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";

const INSTALL = "https://github.com/vpcc/vpcc#use-it";

/** The program: the one that the settings name, or the one that came with the extension, or the one on the `PATH`. */
export function program(): string {
  const named = vscode.workspace.getConfiguration("vpcc").get<string>("path")?.trim();
  return named || bundled() || "vpcc";
}

/** The program within the extension, where it was packaged with one. */
function bundled(): string | undefined {
  const home = vscode.extensions.getExtension("vpcc.vpc")?.extensionPath;
  const inside = home && path.join(home, "bin", process.platform === "win32" ? "vpcc.exe" : "vpcc");
  return inside && existsSync(inside) ? inside : undefined;
}

/** What the program printed, or what it said of why it could not. */
export interface Answer {
  ok: boolean;
  text: string;
}

/** Runs the program, without a shell that could make something else of a path, and waits for what it prints. */
export function ask(...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(program(), args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve(error ? { ok: false, text: stderr.trim() || error.message } : { ok: true, text: stdout });
    });
  });
}

/** A path as it is short to read in a terminal, which starts in the open folder. */
export function told(file: string): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const inside = folders.length === 1 ? path.relative(folders[0].uri.fsPath, file) || "." : file;
  return inside.startsWith("..") || inside.startsWith("-") ? file : inside;
}

/** Runs the program in a terminal, where its questions can be answered. */
export async function runInTerminal(title: string, ...args: string[]): Promise<void> {
  const execution = new vscode.ProcessExecution(program(), args);
  const task = new vscode.Task({ type: "vpcc", command: title }, vscode.TaskScope.Workspace, title, "vpcc", execution);
  task.presentationOptions = { clear: true, reveal: vscode.TaskRevealKind.Always };
  await vscode.tasks.executeTask(task);
}

/** The version, or `undefined` where the program cannot be started; the user has then been told what to do. */
export async function version(): Promise<string | undefined> {
  const answer = await ask("--version");
  if (answer.ok && answer.text.startsWith("vpcc ")) {
    return answer.text.trim();
  }
  void tellMissing(answer.ok ? "it is another program" : answer.text);
  return undefined;
}

async function tellMissing(why: string): Promise<void> {
  const named = program();
  const what = path.isAbsolute(named) ? `There is no program at ${named}` : `vpcc is not on the PATH as \`${named}\``;
  const message = why.includes("ENOENT") ? what : `${named} cannot be started: ${why}`;
  const answer = await vscode.window.showErrorMessage(
    `${message}. Without it, .vpc files are only highlighted.`,
    "How to install it",
    "Say where it is",
  );
  if (answer === "How to install it") {
    await vscode.env.openExternal(vscode.Uri.parse(INSTALL));
  } else if (answer === "Say where it is") {
    await vscode.commands.executeCommand("workbench.action.openSettings", "vpcc.path");
  }
}
