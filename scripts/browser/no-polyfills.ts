// Builds a script that uses the built packages with Vite, where Node's modules would have to be stood in for.
// Then runs it, to see that tree shaking left in what registers itself.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, createLogger, type Plugin } from 'vite';
import { node } from '../pack/tool.ts';
import { ROOT } from '../workspace.ts';

/** What other people's packages (TensorFlow.js, seedrandom) do under Node alone, their package.json's `browser` takes out. */
const noNodeModules = (problems: string[]): Plugin => ({
  name: 'no-node-modules',
  enforce: 'pre',
  resolveId(id, importer = 'the entry') {
    const isBuiltin = id.startsWith('node:') || builtinModules.includes(id);
    if (isBuiltin && !importer.includes('node_modules')) {
      problems.push(
        `${relative(ROOT, importer)}: expected no module of Node's in a browser build, got ${id}.`,
      );
    }
    return null;
  },
});

/** What is wrong with that build, in words. */
export async function checkBuild(): Promise<string[]> {
  const outDir = mkdtempSync(join(tmpdir(), 'tenon-browser-'));
  const problems: string[] = [];
  const logger = createLogger('warn');
  logger.warn = (message) => problems.push(message);
  logger.warnOnce = logger.warn;

  try {
    await build({
      root: ROOT,
      configFile: false,
      customLogger: logger,
      plugins: [noNodeModules(problems)],
      build: {
        outDir,
        emptyOutDir: true,
        lib: {
          entry: fileURLToPath(new URL('entry.ts', import.meta.url)),
          formats: ['cjs'],
          fileName: () => 'page.cjs',
        },
        minify: true,
      },
    });
    const page = join(outDir, 'page.cjs');
    const { ok, stdout, stderr } = node([page], { cwd: outDir });
    if (!ok) problems.push(`the page: expected it to run, got\n${stderr}`);
    const kilobytes = Math.round(statSync(page).size / 1000);
    if (problems.length === 0) console.log(`ok  Vite build, ${kilobytes} kB, no polyfills; ${stdout.trim()}`);
    if (readdirSync(outDir).length > 1)
      problems.push(`expected one file, got ${readdirSync(outDir).join(', ')}`);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
  return problems;
}
