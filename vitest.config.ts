import type { ViteUserConfig } from 'vitest/config';

// Tests run from source: the `@tenon/source` condition of each package's `exports` points at src/.
const conditions = ['@tenon/source', 'node', 'import', 'module', 'default'];
const report = process.env['TENON_TEST_REPORT'];

const config: ViteUserConfig = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'examples/*/src/**/*.test.ts',
      'benchmarks/src/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    globalSetup: 'scripts/own-temp-folder.ts',
    pool: 'forks',
    maxWorkers: 2,
    maxConcurrency: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // .ci/run counts the tests from this report.
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    // tfjs-core's gradient registrations are extensionless ES modules that Node cannot load itself.
    server: { deps: { inline: [/@tensorflow\/tfjs-core\/dist\/(?!tf-core)/] } },
  },
};

export default config;
