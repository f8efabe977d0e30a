// What every package that is published must have.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packages, ROOT } from './workspace.ts';

const floors = JSON.parse(readFileSync(join(ROOT, 'scripts', 'floors.json'), 'utf8')) as Record<
  string,
  string[]
>;
const licence = readFileSync(join(ROOT, 'LICENSE'), 'utf8');
const all = packages().map((found) => ({ ...found, name: found.manifest.name }));

describe.each(all)('$name', ({ folder, directory, manifest }) => {
  test('is named after its folder and has its place on the floors', () => {
    expect(manifest.name).toBe(`@tenon/${folder}`);
    expect(floors).toHaveProperty([folder]);
  });

  test('has a README with an example, and the licence', () => {
    const readme = readFileSync(join(directory, 'README.md'), 'utf8');
    expect(readme).toContain(`# ${manifest.name}`);
    expect(readme).toMatch(new RegExp(`npm install .*${manifest.name}`));
    expect(readme).toMatch(/^```ts$/m);
    expect(readFileSync(join(directory, 'LICENSE'), 'utf8')).toBe(licence);
  });

  test('can be published', () => {
    expect(manifest).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      description: expect.stringMatching(/\.$/),
      license: 'MIT',
      type: 'module',
      repository: { directory: `packages/${folder}` },
      files: ['dist', 'src', '!src/**/*.test.ts', '!src/**/__fixtures__'],
      publishConfig: { access: 'public' },
      scripts: { build: 'tsup' },
    });
    expect(manifest).not.toHaveProperty('private');
    expect(manifest).toHaveProperty('sideEffects');
  });

  test('gives source, types, ESM and CommonJS for each entry', () => {
    const { './package.json': itself, ...entries } = manifest.exports ?? {};
    expect(itself).toBe('./package.json');
    expect(entries).toHaveProperty(['.']);
    for (const entry of Object.values(entries)) {
      const source = (entry as { '@tenon/source': string })['@tenon/source'];
      expect(existsSync(join(directory, source)), source).toBe(true);
      const built = source.replace(/^\.\/src\/(.+)\.ts$/, './dist/$1');
      expect(Object.entries(entry)).toEqual([
        ['@tenon/source', source], // first: conditions are tried in order
        ['import', { types: `${built}.d.ts`, default: `${built}.js` }],
        ['require', { types: `${built}.d.cts`, default: `${built}.cjs` }],
      ]);
    }
  });

  test('shares one TensorFlow.js with the others', () => {
    expect(manifest.dependencies ?? {}).not.toHaveProperty(['@tensorflow/tfjs-core']);
    const withoutTensors = folder === 'tokenizers';
    expect(manifest.peerDependencies?.['@tensorflow/tfjs-core']).toBe(withoutTensors ? undefined : '^4.22.0');
  });
});
