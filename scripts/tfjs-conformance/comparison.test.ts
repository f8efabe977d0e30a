import { expect, describe as group, test } from 'vitest';
import { compare, describe, type SpecResult } from './comparison.ts';

const results = (count: number, failing: Readonly<Record<number, string>> = {}): SpecResult[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `spec ${i}`,
    passed: !(i in failing),
    problem: failing[i] ?? '',
  }));

group('the comparison of tfjs-core’s specs on cpu and onnx', () => {
  test('passes where all that pass on cpu pass on onnx', () => {
    const comparison = compare(results(5000, { 7: 'also there' }), results(5000, { 7: 'also there' }), {});
    expect(comparison).toMatchObject({ share: 1, differences: [], problems: [] });
    expect(describe(comparison)).toBe(
      'cpu   4999 of 5000 specs pass\nonnx  4999 of 5000 specs pass\n' +
        '100.00 % of the specs that pass on cpu pass on onnx; 0 do not:',
    );
  });

  test('names a spec that fails without a reason, with what Jasmine says', () => {
    const comparison = compare(results(5000), results(5000, { 3: 'expected 1 to be 2' }), {});
    expect(comparison.problems).toEqual(['passes on cpu alone: spec 3']);
    expect(describe(comparison)).toContain(
      '99.98 % of the specs that pass on cpu pass on onnx; 1 do not:\n' +
        '  spec 3\n    NOT LISTED. expected 1 to be 2\n\nFAILED\n  passes on cpu alone: spec 3',
    );
  });

  test('accepts an exception with its reason, and no exception without a need', () => {
    const exceptions = {
      'spec 3': { reason: 'it rounds differently' },
      'spec 4': { reason: 'it used to' },
      'spec 5': { reason: 'it does elsewhere', mayPass: true },
    } as const;
    const comparison = compare(results(5000), results(5000, { 3: 'off by one' }), exceptions);
    expect(comparison.problems).toEqual(['an exception that is not needed: spec 4']);
    expect(describe(comparison)).toContain('  spec 3\n    it rounds differently');
  });

  test('a spec that was not run does not pass', () => {
    expect(compare(results(5000), results(4999), {}).problems).toEqual(['passes on cpu alone: spec 4999']);
  });

  test('a failure outside of the specs counts', () => {
    const around = { name: 'abs: around its specs', passed: false, problem: 'no backend' };
    expect(compare(results(5000), [...results(5000), around], {}).problems).toEqual([
      'fails: abs: around its specs',
    ]);
  });

  test('wants most specs, and wants them run', () => {
    const failing = Object.fromEntries(Array.from({ length: 26 }, (_, i) => [i, 'no']));
    const exceptions = Object.fromEntries(Object.keys(failing).map((i) => [`spec ${i}`, { reason: 'no' }]));
    expect(compare(results(5000), results(5000, failing), exceptions).problems).toEqual([
      'expected 99.5 % of them to pass on onnx, got 99.48 %',
    ]);
    expect(compare(results(10), results(10), {}).problems).toEqual([
      'expected at least 4106 specs to pass on cpu, got 10',
    ]);
  });

  test('a part of the specs is held to the exceptions that it meets', () => {
    expect(compare(results(10), results(10), { 'other 4': { reason: 'a reason' } }, 'spec').problems).toEqual(
      [],
    );
    expect(compare([], [], {}, 'nothing of that name').problems).toEqual([
      'expected at least 1 specs to pass on cpu, got 0',
    ]);
  });
});
