// Runs tfjs-core's specs on one backend and writes down how each of them went:  specs BACKEND ONLY FILE.
import { writeFileSync } from 'node:fs';
import { environment, only, resultFile } from './boot.ts';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-backend-cpu';
import '@tenon/tfjs-backend-onnx';
import '@tensorflow/tfjs-core/dist/tests.js';
import type { SpecResult } from './comparison.ts';

const results: SpecResult[] = [];
const seen = new Map<string, number>();

/** A spec's name without the environment that tfjs writes into it, the same for all. */
const short = (name: string): string => name.replace(' tfjs {}', '');
const messages = (failures: readonly { readonly message: string }[]): string =>
  failures.map(({ message }) => message).join('; ');

environment.configure({ random: false, specFilter: (spec) => short(spec.getFullName()).includes(only) });
environment.addReporter({
  specDone({ fullName, status, failedExpectations }) {
    if (status !== 'passed' && status !== 'failed') return; // left out by the filter, or by tfjs
    const name = short(fullName);
    // Some names are used twice.
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    results.push({
      name: count === 1 ? name : `${name} (${count})`,
      passed: status === 'passed',
      problem: messages(failedExpectations),
    });
  },
  suiteDone({ fullName, failedExpectations }) {
    if (failedExpectations.length === 0) return;
    results.push({
      name: `${short(fullName)}: around its specs`,
      passed: false,
      problem: messages(failedExpectations),
    });
  },
});
await environment.execute();
writeFileSync(resultFile, JSON.stringify(results));
