// Runs tfjs-core's own specs (operators, gradients, optimisers, engine: all that it ships) on the backends `cpu` and
// `onnx`, a process each, and compares them:  npm run tfjs-conformance [-- --only TEXT], TEXT being part of the name.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../workspace.ts';
import { bundleSpecs } from './bundle.ts';
import { compare, describe } from './comparison.ts';
import { exceptions } from './exceptions.ts';
import { runSpecs } from './run-specs.ts';

const { only } = parseArgs({ options: { only: { type: 'string', default: '' } } }).values;

// Inside the repository, so that the bundle finds what it leaves outside.
const cache = join(ROOT, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'tfjs-conformance-'));
try {
  const bundle = join(folder, 'specs.mjs');
  await bundleSpecs(bundle);
  const [cpu, onnx] = await Promise.all([runSpecs(bundle, 'cpu', only), runSpecs(bundle, 'onnx', only)]);
  const comparison = compare(cpu, onnx, exceptions, only);
  console.log(describe(comparison));
  if (comparison.problems.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
