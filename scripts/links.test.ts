// Every link of a page to a file of this repository leads somewhere, as does every example that a page names.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { filesUnder, packages, ROOT } from './workspace.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...packages().map(({ folder }) => `packages/${folder}/README.md`),
  ...filesUnder(join(ROOT, 'docs')).map((file) => `docs/${file}`),
  ...filesUnder(join(ROOT, 'examples'))
    .filter((file) => !file.includes('node_modules') && !file.includes('/runs/'))
    .map((file) => `examples/${file}`),
].filter((page) => page.endsWith('.md'));

/** What a page leads to, relative to the root: its links within the repository, and examples to start. */
function targetsOf(page: string, text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '');
  const links = [...prose.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, link]) =>
    join(dirname(page), link!),
  );
  const examples = [...text.matchAll(/npm start -w (examples\/[a-z\d-]+)/g)].map(([, folder]) =>
    join(folder!, 'package.json'),
  );
  return [...links, ...examples];
}

test.each(pages)('%s', (page) => {
  const targets = targetsOf(page, readFileSync(join(ROOT, page), 'utf8'));
  expect(targets.filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
});

test('links and examples are found', () => {
  const text =
    'a [b](../c.md#d) [e](https://f.g) [h](#i), `npm start -w examples/j`\n```md\n[k](l.md)\n```\n';
  expect(targetsOf('docs/x/y.md', text)).toEqual(['docs/c.md', 'examples/j/package.json']);
});
