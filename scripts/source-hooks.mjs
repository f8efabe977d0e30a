// Lets Node load TensorFlow.js' own ES modules when packages run from source. They are written for
// bundlers: imports without extensions, a file and a folder of the same name. What is published is
// bundled instead (see the packages' tsup.config.ts).
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const TFJS_MODULE = /\/@tensorflow\/tfjs-[a-z-]+\/dist\/(?!.*\.(node|min|es2017)\.js)/;

export async function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && TFJS_MODULE.test(context.parentURL ?? '')) {
    for (const ending of ['', '.js', '/index.js']) {
      const url = new URL(specifier + ending, context.parentURL);
      if (/\.js$/.test(url.pathname) && existsSync(fileURLToPath(url)))
        return { url: url.href, shortCircuit: true };
    }
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!TFJS_MODULE.test(url) || !url.endsWith('.js')) return next(url, context);
  return { format: 'module', source: await readFile(fileURLToPath(url)), shortCircuit: true };
}

if (isMainThread) register(import.meta.url);
