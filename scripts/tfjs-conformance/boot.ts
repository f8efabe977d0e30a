// Jasmine's globals and the backend to test, which tfjs-core's test files look for while they load.
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import jasmineRequire from 'jasmine-core';

const [backend, part, file] = process.argv.slice(2) as [string, string, string];
export const only: string = part;
export const resultFile: string = file;
export const environment: ReturnType<ReturnType<typeof jasmineRequire.boot>['getEnv']> = jasmineRequire
  .boot()
  .getEnv();

// The name and the flags are part of a spec's name: the same on every backend.
setTestEnvs([{ name: 'tfjs', backendName: backend, isDataSync: true, flags: {} }]);
