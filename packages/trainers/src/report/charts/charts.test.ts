import { describe, expect, it } from 'vitest';
import { barChart } from './bar-chart.ts';
import type { Chart } from './chart.ts';
import { heatmap } from './heatmap.ts';
import { lineChart, smoothed } from './line-chart.ts';
import { scatterChart } from './scatter-chart.ts';

const line = [3, 2, 1.5].map((y, i) => ({ x: i + 1, y }));
const charts: [string, Chart, string[]][] = [
  [
    'lineChart',
    lineChart({
      y: 'loss',
      series: [
        { name: 'a < b', points: line },
        { name: 'chance', points: line, dashed: true },
      ],
    }),
    ['a &lt; b', 'chance', 'loss', 'step'],
  ],
  [
    'barChart',
    barChart({ bars: [{ name: 'x & y', value: 0.25 }], value: 'weight' }),
    ['x &amp; y', '0.25', 'weight'],
  ],
  [
    'heatmap',
    heatmap({ rows: ['<p>', 'q'], columns: ['r', 's'], values: [[1, 2], [3, 4]], rowTitle: 'from' }), // biome-ignore format: a table
    ['&lt;p&gt;', 'q', 'r', 's', '1', '2', '3', '4', 'from'],
  ],
  [
    'scatterChart',
    scatterChart({
      points: [
        { x: 0, y: 0, label: 'bank <1>', series: 'money' },
        { x: 1, y: 1, label: '河', series: 'shore' },
      ],
    }),
    ['bank &lt;1&gt;', '河', 'money', 'shore'],
  ],
];

const texts = (svg: string): (string | undefined)[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

describe.each(charts)('%s', (_, chart, expected) => {
  it.each([700, 350])('is an SVG %i wide that says what it shows', async (width) => {
    const svg = await chart.svg(width);
    expect(svg).toMatch(new RegExp(`^<svg [^>]*width="${width}"`));
    expect(texts(svg)).toEqual(expect.arrayContaining(expected));
    expect(svg).not.toMatch(/NaN|undefined|url\(|<script|<image/);
    expect(svg).toContain('currentColor');
  });
});

describe('lineChart', () => {
  const paths = (svg: string): number => svg.match(/mark-line/g)?.length ?? 0;

  it('leaves out what it cannot place', async () => {
    const points = [...line, { x: 4, y: Number.NaN }, { x: 5, y: 0 }];
    const svg = await lineChart({ y: 'loss', logarithmic: true, series: [{ name: 'a', points }] }).svg();
    expect(paths(svg)).toBe(1);
    expect(texts(svg)).toContain('loss (logarithmic)');
    expect(texts(svg)).not.toContain('4');
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('stays small with many points, and keeps the last', async () => {
    const points = Array.from({ length: 100_000 }, (_, i) => ({ x: i, y: Math.sin(i) }));
    const svg = await lineChart({ y: 'loss', series: [{ name: 'a', points }] }).svg();
    expect(svg.length).toBeLessThan(30_000);
    expect(texts(svg)).toContain('90,000');
  });

  it('writes small numbers as powers of ten', async () => {
    const points = line.map(({ x }) => ({ x, y: x * 1e-5 }));
    const svg = await lineChart({ y: 'learning rate', series: [{ name: 'a', points }] }).svg();
    expect(texts(svg)).toContain('2e-5');
  });
});

describe('smoothed', () => {
  it('follows slowly from the first value on', () => {
    expect(smoothed([1, 1, 2].map((y, x) => ({ x, y })))).toEqual([
      { x: 0, y: 1 },
      { x: 1, y: 1 },
      { x: 2, y: 1.1 },
    ]);
    expect(smoothed([])).toEqual([]);
  });
});

describe('barChart', () => {
  it('gives each series its colour, and lies down for long names', async () => {
    const bars = ['first', 'second'].flatMap((series) =>
      ['a class with a long name', 'b'].map((name, i) => ({ name, value: i + 1, series })),
    );
    const svg = await barChart({ bars, value: 'F1' }).svg();
    expect(texts(svg)).toEqual(expect.arrayContaining(['first', 'second', 'a class with a long name']));
    const shapes = [...svg.matchAll(/d="M([\d.]+),([\d.]+)h([\d.]+)v([\d.]+)h[^"]*" fill="(#\w+)"/g)];
    expect(new Set(shapes.map(([, , , , , colour]) => colour)).size).toBe(2);
    expect(new Set(shapes.map(([, left]) => left))).toEqual(new Set(['0'])); // all begin at the left
  });
});

describe('heatmap', () => {
  it('refuses values that do not fit its names', () => {
    const names = ['a', 'b'];
    expect(() => heatmap({ rows: names, columns: names, values: [[1, 2]] })).toThrow(
      'heatmap values: expected 2 rows of 2, as there are names, got 1 rows. Give a name for each row and each column.',
    );
    const shades = [[1], [2, 3]];
    expect(() =>
      heatmap({
        rows: names,
        columns: names,
        values: [
          [1, 2],
          [3, 4],
        ],
        shades,
      }),
    ).toThrow(
      // biome-ignore format: a table
      'heatmap shades: expected 2 rows of 2, as there are names, got a row of 1.',
    );
  });

  it('takes names of any characters', async () => {
    const names = ['"><b>', 'a\u2028b\u2029c', "it's \\ \n `x` datum.value"];
    const svg = await heatmap({ rows: names, columns: names, values: names.map(() => [1, 2, 3]) }).svg();
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('a\u2028b\u2029c');
  });

  it('has no figures where there is no room for them', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `n${i}`);
    const chart = heatmap({ rows: names, columns: names, values: names.map(() => names.map(() => 777)) });
    expect(texts(await chart.svg(700)).filter((text) => text === '777')).toHaveLength(144);
    expect(texts(await chart.svg(350))).not.toContain('777');
  });
});
