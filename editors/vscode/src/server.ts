// `vpcc lsp`, from its start to its end, and what the status bar tells of it.

import * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { program, version } from "./program";

const LANGUAGE = { scheme: "file", language: "vpc" };

let client: LanguageClient | undefined;
let status: vscode.LanguageStatusItem | undefined;

function tell(text: string, severity: vscode.LanguageStatusSeverity): void {
  status ??= vscode.languages.createLanguageStatusItem("vpcc", LANGUAGE);
  status.name = "vpcc";
  status.text = text;
  status.severity = severity;
  status.command = { title: "Restart", command: "vpc.restart" };
}

// One thing after the other: a client that is still starting cannot be stopped.
let last: Promise<void> = Promise.resolve();

function next(act: () => Promise<void>): Promise<void> {
  last = last.then(act).catch((error: unknown) => {
    client = undefined;
    const why = error instanceof Error ? error.message : String(error);
    tell("vpcc has failed", vscode.LanguageStatusSeverity.Error);
    void vscode.window.showErrorMessage(`The language server of vpcc: ${why}`);
  });
  return last;
}

async function open(): Promise<void> {
  if (!vscode.workspace.isTrusted || client) {
    return;
  }
  const found = await version();
  if (!found) {
    tell("vpcc is missing", vscode.LanguageStatusSeverity.Error);
    return;
  }
  const server = { command: program(), args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("vpcc", "vpcc", server, { documentSelector: [LANGUAGE] });
  await client.start();
  tell(found, vscode.LanguageStatusSeverity.Information);
}

async function close(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop();
}

/** Starts the server, unless the folder isn't trusted or the program isn't there. */
export const start = (): Promise<void> => next(open);

/** Stops the server, if it runs. */
export const stop = (): Promise<void> => next(close);

/** Stops the server and starts it anew, with the settings as they are now. */
export async function restart(): Promise<void> {
  await stop();
  await start();
}

/** The program that a file belongs to, a file or a folder, as the server knows it; without a server, the file itself. */
export async function programOf(file: vscode.Uri): Promise<string> {
  try {
    const path = await client?.sendRequest<string | null>("vpcc/program", { uri: file.toString() });
    return path ?? file.fsPath;
  } catch {
    return file.fsPath;
  }
}
