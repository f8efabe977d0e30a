#!/usr/bin/env node
// The command:  npx @tenon/tokenizers train|encode|inspect
import { runCommand } from './command.ts';

const controller = new AbortController();
// Once: a second Ctrl-C ends the process at once, and files appear only when they are complete.
process.once('SIGINT', () => {
  controller.abort();
  process.stdin.destroy(); // whoever waits for more text need not
});
// Whoever reads our output may stop reading: `encode … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void runCommand(process.argv.slice(2), {
  stdin: process.stdin.setEncoding('utf8'),
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
}).then((code) => {
  process.exitCode = code;
});
