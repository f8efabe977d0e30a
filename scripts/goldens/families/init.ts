// init/init_table: mean and deviation of freshly made parameters, against those that other implementations measured.
//
// Both sides are samples: they may differ by what chance makes of so many numbers, five deviations of it.
import { TenonError } from '@tenon/core';
import type { Comparison } from '../comparison.ts';
import type { Facts } from '../facts.ts';
import type { GoldenFamily } from '../family.ts';
import { INIT_MODELS, type InitTable } from '../init-models.ts';

const DEVIATIONS = 5;

export const initialisation: GoldenFamily = {
  family: 'init',
  knows: (kind) => kind === 'init_table',
  async run(golden, { comparison }) {
    const tables = golden.facts.object('tables');
    for (const name of tables.names) {
      const make = INIT_MODELS.find(([known]) => known.test(name))?.[1];
      if (make === undefined) {
        comparison.unknown.push(`tables: ${name}`);
        continue;
      }
      const table = tables.object(name);
      const model = make(readTable(name, table));
      try {
        for (const parameter of table.names) {
          const label = `${name} ${parameter}`;
          const values = model.parameters.get(parameter)?.dataSync();
          if (values === undefined) comparison.fail(`${label}: expected such a parameter, got none`);
          else compareSample(label, values, table.object(parameter), comparison);
        }
      } finally {
        model.dispose();
      }
    }
  },
};

function readTable(name: string, table: Facts): InitTable {
  return {
    name,
    size(parameter, axis) {
      const size = table.object(parameter).numbers('shape')[axis];
      if (size !== undefined) return size;
      throw new TenonError({
        subject: `${name} ${parameter}, shape`,
        expected: `at least ${axis + 1} dimensions`,
        got: String(table.object(parameter).numbers('shape').length),
        advice: 'Copy the golden again.',
      });
    },
    count: (pattern) => 1 + Math.max(-1, ...table.names.map((each) => Number(pattern.exec(each)?.[1] ?? -1))),
  };
}

/** A matrix may lie the other way round: the same numbers in the same distribution. */
function compareSample(
  label: string,
  values: ArrayLike<number>,
  expected: Facts,
  comparison: Comparison,
): void {
  const n = expected.numbers('shape').reduce((product, size) => product * size, 1);
  if (values.length !== n) {
    comparison.fail(`${label}: expected ${n} values, got ${values.length}`);
    return;
  }
  const { mean, std } = statistics(values);
  // Of two samples of n numbers the means differ by √(2/n) deviations, the deviations by √(1/n).
  const chance = DEVIATIONS * expected.number('std') * Math.sqrt(1 / n);
  const within = (absolute: number) => ({ absolute: Math.max(absolute, Number.MIN_VALUE), relative: 0 });
  comparison.number(`${label}, mean`, mean, expected.number('mean'), within(chance * Math.SQRT2));
  comparison.number(`${label}, deviation`, std, expected.number('std'), within(chance));
}

function statistics(values: ArrayLike<number>): { mean: number; std: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, std: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}
