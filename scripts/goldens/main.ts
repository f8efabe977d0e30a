// Runs golden cases and compares:  npm run goldens -- FOLDER [--data FOLDER] [--backend onnx|cpu]
//
// FOLDER is one case, one family or all of them, in the format of the goldens' README. A line a case says the
// largest absolute difference, the largest relative one (over the largest value of its tensor) and the verdict.
import { parseArgs } from 'node:util';
import { TenonError } from '@tenon/core';
import { useBackend } from '@tenon/core/backend';
import { memory } from '@tensorflow/tfjs-core';
import { Comparison } from './comparison.ts';
import { type Discovery, discover, messageOf } from './discover.ts';
import { FAMILIES } from './families/index.ts';
import type { GoldenBackend, GoldenFamily } from './family.ts';
import type { GoldenCase } from './golden-case.ts';
import { type CaseResult, formatCase, formatSummary, formatUnknown, type Unknown } from './report.ts';

const BACKENDS: readonly GoldenBackend[] = ['onnx', 'cpu'];

interface Arguments {
  readonly folder: string;
  readonly data?: string;
  readonly backends: readonly GoldenBackend[];
}

function readArguments(args: string[]): Arguments {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { data: { type: 'string' }, backend: { type: 'string' } },
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) {
    throw new TenonError({
      subject: 'arguments',
      expected: 'one FOLDER',
      got: positionals.length === 0 ? 'none' : positionals.join(' '),
      advice: 'Run: npm run goldens -- FOLDER [--data FOLDER] [--backend onnx|cpu].',
    });
  }
  const backends = BACKENDS.filter((name) => values.backend === undefined || values.backend === name);
  if (backends.length === 0) {
    throw new TenonError({
      subject: '--backend',
      expected: BACKENDS.join(' or '),
      got: values.backend ?? '',
      advice: 'Leave it out to run both, one after the other.',
    });
  }
  return { folder, backends, ...(values.data !== undefined && { data: values.data }) };
}

async function runCase(
  golden: GoldenCase,
  family: GoldenFamily,
  backend: GoldenBackend,
  data: string | undefined,
): Promise<CaseResult> {
  const comparison = new Comparison();
  const start = performance.now();
  const before = memory().numTensors;
  try {
    await family.run(golden, { comparison, backend, ...(data !== undefined && { data }) });
    const leaked = memory().numTensors - before;
    if (leaked !== 0) comparison.fail(`live tensors: expected as many as before, got ${leaked} more`);
    if (comparison.skipped === undefined) comparison.unknown.push(...golden.unread);
  } catch (error) {
    comparison.fail(messageOf(error));
  } finally {
    golden.close();
  }
  const seconds = (performance.now() - start) / 1000;
  return { label: golden.label, kind: kindOf(golden), backend, comparison, seconds };
}

const kindOf = (golden: GoldenCase): string => `${golden.family}/${golden.kind}`;

const familyOf = (golden: GoldenCase): GoldenFamily | undefined =>
  FAMILIES.find((family) => family.family === golden.family && family.knows(golden.kind));

function unknownIn(found: Discovery): Unknown[] {
  const cases = found.cases.filter((golden) => familyOf(golden) === undefined);
  return [
    ...cases.map((golden) => ({ label: golden.label, kind: kindOf(golden) })),
    ...found.undescribed.map((label) => ({ label, kind: label })),
  ];
}

async function main(): Promise<void> {
  const { folder, data, backends } = readArguments(process.argv.slice(2));
  const found = await discover(folder);
  const known = found.cases.flatMap((golden) => {
    const family = familyOf(golden);
    return family === undefined ? [] : [{ golden, family }];
  });
  const unknown = unknownIn(found);

  const results: CaseResult[] = [];
  const widths = {
    label: Math.max(0, ...known.map(({ golden }) => golden.label.length)),
    kind: Math.max(0, ...known.map(({ golden }) => kindOf(golden).length)),
  };
  for (const backend of known.length > 0 ? backends : []) {
    await useBackend(backend);
    for (const { golden, family } of known) {
      const result = await runCase(golden, family, backend, data);
      results.push(result);
      console.log(formatCase(result, widths));
    }
  }

  for (const { label, reason } of found.broken) console.log(`FAIL  ${label}\n      ${reason}`);
  if (unknown.length > 0) console.log(formatUnknown(unknown));
  if (known.length === 0 && found.broken.length === 0) {
    throw new TenonError({
      subject: 'goldens folder',
      expected: `at least one case of ${FAMILIES.map((family) => family.family).join(', ')}`,
      got: 'only kinds that are not known yet',
      advice: 'Pass a folder with a known kind, or add a file to scripts/goldens/families.',
    });
  }
  console.log(formatSummary(results));
  const failed = results.some((result) => result.comparison.verdict === 'fail');
  if (failed || found.broken.length > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
