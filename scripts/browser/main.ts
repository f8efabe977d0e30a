// What browsers are owed: a build without stand-ins for Node's modules, and training in headless Chromium with the
// numbers that Node gets. Run `npm run build` first: pages use the built packages.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import '@tenon/tfjs-backend-onnx';
import * as tf from '@tensorflow/tfjs-core';
import { build } from 'vite';
import { findChromium, launch, serve, tokenizerInPage, trainInPage } from './chromium.ts';
import { checkBuild } from './no-polyfills.ts';
import type { PageReport } from './onnx-page.ts';
import { trainSmall } from './train-small.ts';
import { trainTokenizer } from './train-tokenizer.ts';

const PAGES = ['index.html', 'tokenizers.html'];
const STEPS = 8;
/** Losses near 4; each sums about a thousand products in another order than Node's. */
const TOLERANCE = 1e-4;

async function checkTraining(executable: string): Promise<string[]> {
  await tf.setBackend('onnx');
  const expected = await trainSmall(STEPS);
  const outDir = mkdtempSync(join(tmpdir(), 'tenon-browser-'));
  await build({
    root: fileURLToPath(new URL('.', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      rollupOptions: { input: PAGES.map((page) => fileURLToPath(new URL(page, import.meta.url))) },
    },
  });
  const { url, server } = await serve(outDir);
  const browser = await launch(executable);
  const problems: string[] = [];
  try {
    const tokenizer = await trainTokenizer();
    const same = (await tokenizerInPage(browser, `${url}/tokenizers.html`)) === tokenizer;
    if (same) console.log('ok  a tokenizer trained in Chromium is the one trained in Node');
    else problems.push('tokenizers: expected what Node learns and encodes, got something else.');
    for (const provider of ['wasm', 'webgpu']) {
      const found = await trainInPage(browser, `${url}/?provider=${provider}&steps=${STEPS}`);
      problems.push(...differences(found, expected.losses).map((problem) => `${provider}: ${problem}`));
      console.log(`ok  ${found.description}: ${summary(found)}`);
    }
  } finally {
    await browser.close();
    server.close();
    rmSync(outDir, { recursive: true, force: true });
  }
  return problems;
}

function differences({ losses, tensors, isolated }: PageReport, expected: readonly number[]): string[] {
  const furthest = Math.max(...expected.map((loss, step) => Math.abs(loss - losses[step]!)));
  const problems: string[] = [];
  if (!(furthest < TOLERANCE)) problems.push(`expected the losses ${expected}, got ${losses}.`);
  if (tensors[0] !== tensors[1]) problems.push(`expected ${tensors[0]} live tensors, got ${tensors[1]}.`);
  if (!isolated) problems.push('expected a page that shares memory between threads, got one that does not.');
  return problems;
}

function summary({ losses, tensors, milliseconds, sessionBuilds }: PageReport): string {
  const [first, last] = [losses[0], losses.at(-1)].map((loss) => loss!.toFixed(4));
  return (
    `${losses.length} steps in ${Math.round(milliseconds)} ms, loss ${first} to ${last} as in Node, ` +
    `${tensors[1]} live tensors, ${sessionBuilds} sessions built`
  );
}

const problems = await checkBuild();
const executable = findChromium();
if (executable) problems.push(...(await checkTraining(executable)));
else {
  const advice = 'expected Chromium on the PATH, got none. Install it (apt-get install chromium).';
  if (process.env['CI']) problems.push(`training in a browser: ${advice}`);
  else console.log(`skipped  training in a browser: ${advice}`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
