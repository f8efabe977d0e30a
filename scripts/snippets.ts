// The programs in READMEs, in docs/ and in doc comments: blocks of TypeScript that do not say "no-run".
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, packages, ROOT } from './workspace.ts';

export interface Snippet {
  /** Where the block starts: `packages/core/README.md:14`. */
  readonly place: string;
  readonly line: number;
  readonly code: string;
}

export function allSnippets(): Snippet[] {
  const pages = [
    'README.md',
    ...packages().map(({ folder }) => `packages/${folder}/README.md`),
    ...filesUnder(join(ROOT, 'docs')).map((file) => `docs/${file}`),
    ...packages().flatMap(({ folder }) =>
      filesUnder(join(ROOT, 'packages', folder, 'src')).map((file) => `packages/${folder}/src/${file}`),
    ),
  ].filter((page) => /\.md$|(?<!\.test)\.ts$/.test(page) && existsSync(join(ROOT, page)));
  return pages.flatMap((page) => snippetsOf(page, readFileSync(join(ROOT, page), 'utf8')));
}

export function snippetsOf(page: string, text: string): Snippet[] {
  const plain = page.endsWith('.ts') ? text.replaceAll(/^ *\* ?/gm, '') : text;
  return [...plain.matchAll(/^```ts\r?\n([\s\S]*?)^```/gm)].map((match) => {
    const line = plain.slice(0, match.index).split('\n').length;
    return { place: `${page}:${line}`, line, code: match[1] ?? '' };
  });
}

/** The snippet as a file: its name, and its text with empty lines before, so that an error names the line of the page. */
export function asFile({ place, line, code }: Snippet): { readonly name: string; readonly text: string } {
  return { name: `${place.replaceAll(/[/:]/g, '-')}.mts`, text: '\n'.repeat(line) + code };
}
