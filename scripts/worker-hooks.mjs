// Lets worker threads run TypeScript from source too: a program's hooks serve its main thread alone.
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) {
  const tsx = await import('tsx/esm/api');
  tsx.register();
  register('./source-hooks.mjs', import.meta.url);
}
