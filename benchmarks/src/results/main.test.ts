import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../../scripts/run.mjs', import.meta.url));
const main = fileURLToPath(new URL('main.ts', import.meta.url));

test.each([
  [[], 0, /^ {2}sst2 .*\n {2}atis .*\n {2}gpt2-char .*\n {2}txl-char /m],
  [['nothing'], 1, /^results: expected one of the names below, got nothing\. Run one of them\.$/m],
  [['sick', '--arms', 'ours'], 1, /^--arms: expected tenon, pytorch, pytorch-masks, got ours\./m],
  [['sick', '--seeds', '1,x'], 1, /^--seeds: expected whole numbers with commas between them, got 1,x\./m],
  [['sst2', '--data', 'no/such/folder', '--seeds', '0'], 1, /no\/such\/folder/],
])('npm run results -- %j', (words, status, message) => {
  const run = spawnSync(process.execPath, [launcher, main, ...words], { encoding: 'utf8' });
  expect(run.stdout + run.stderr).toMatch(message);
  expect(run.status).toBe(status);
});
