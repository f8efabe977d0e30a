import { describe, expect, it } from 'vitest';
import { classSections, haveClasses, predictionSection } from './prediction-sections.ts';

const texts = (svg = ''): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);

describe('classSections', () => {
  it('counts what was taken for what, and scores each class', async () => {
    const [confusion, classes] = classSections(
      ['no', 'no', 'no', 'yes', 'yes', 'maybe'],
      ['no', 'no', 'yes', 'yes', 'yes', 'no'],
    );
    expect(texts(await confusion!.charts![0]!.svg())).toEqual(
      expect.arrayContaining(['expected', 'predicted', 'maybe', 'no', 'yes']),
    );
    expect(classes!.tables![0]!.rows).toEqual([
      ['no', '0.667', '0.667', '0.667', 3],
      ['yes', '0.667', '1.000', '0.800', 2],
      ['maybe', '0.000', '0.000', '0.000', 1],
    ]);
  });

  it('puts rare classes together where there are too many to see', async () => {
    const labels = Array.from({ length: 40 }, (_, i) => Array<string>(i + 1).fill(`class ${i}`)).flat();
    const [confusion, classes] = classSections(labels, labels);
    const shown = texts(await confusion!.charts![0]!.svg());
    expect(shown.filter((text) => text === 'all others')).toHaveLength(2);
    expect(shown).toContain('class 21');
    expect(shown).not.toContain('class 20');
    expect(classes!.tables![0]!.rows).toHaveLength(40);
  });

  it('refuses lists of different lengths', () => {
    expect(() => classSections(['a'], [])).toThrow('precisionRecallF1');
  });
});

describe('predictionSection', () => {
  const predictions = Array.from({ length: 100 }, (_, i) => ({
    input: `text ${i}`,
    expected: 'yes',
    predicted: i % 4 === 0 ? 'no' : 'yes',
  }));

  it('shows wrong and right ones from everywhere', () => {
    const { text, tables } = predictionSection(predictions, 5);
    expect(text).toBe('25 of 100 are wrong (25.0 %). Some of them, and some that are right:');
    expect(tables!.map(({ caption, head }) => [caption, ...head!])).toEqual([
      ['Wrong', 'input', 'expected', 'predicted'],
      ['Right', 'input', 'predicted'],
    ]);
    expect(tables![0]!.rows).toEqual([0, 20, 40, 60, 80].map((i) => [`text ${i}`, 'yes', 'no']));
    expect(tables![1]!.rows).toHaveLength(5);
  });

  it('leaves out the table that would be empty, and what is expected where nobody knows', () => {
    const right = predictionSection([{ input: 'a', expected: 'b', predicted: 'b' }]);
    expect(right.tables!.map(({ caption }) => caption)).toEqual(['Right']);
    expect(predictionSection([{ input: 'a', predicted: 'b' }])).toEqual({
      title: 'Predictions',
      tables: [{ kind: 'texts', head: ['input', 'predicted'], rows: [['a', 'b']] }],
    });
  });

  it('believes a task that says what is right', () => {
    const answer = { input: 'where', expected: 'the bank', predicted: 'bank', right: true };
    expect(predictionSection([answer]).text).toBe(
      '0 of 1 are wrong (0.0 %). Some of them, and some that are right:',
    );
  });

  it('shows numbers as points, and those that are furthest off', async () => {
    const numbers = [1, 2, 3, 4].map((label) => ({
      input: `text ${label}`,
      expected: String(label),
      predicted: String(label + label / 10),
    }));
    const { text, charts, tables } = predictionSection(numbers, 2);
    expect(text).toBeUndefined();
    expect(texts(await charts![0]!.svg())).toEqual(expect.arrayContaining(['expected', 'predicted']));
    expect(tables).toMatchObject([
      { caption: 'Furthest off', rows: [['text 4', '4', '4.4'], ['text 3', '3', '3.3']] }, // biome-ignore format: a table
    ]);
  });
});

describe('haveClasses', () => {
  const told = (labels: readonly string[], predicted: readonly string[] = labels) =>
    haveClasses(labels.map((expected, i) => ({ input: '', expected, predicted: predicted[i]! })));

  it('is so for labels that come again, not for answers, numbers or a single class', () => {
    expect(told(['a', 'a', 'a', 'b', 'b', 'b'])).toBe(true);
    expect(told(['0', '0', '0', '1', '1', '1'])).toBe(true);
    expect(told(['a', 'a', 'a', 'b', 'b', 'b'], ['a', 'a', 'b', 'c', 'd', 'e'])).toBe(false);
    expect(told(['the bank', 'Rome', 'in 1066'])).toBe(false);
    expect(told(['0', '0', '0', '1', '1', '1'], ['0', '0.1', '0', '0', '0', '0'])).toBe(false);
    expect(told(['a', 'a', 'a'])).toBe(false);
    expect(haveClasses([{ input: '', predicted: 'a' }])).toBe(false);
    expect(haveClasses([])).toBe(false);
  });
});
