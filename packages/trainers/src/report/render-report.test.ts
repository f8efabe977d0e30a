import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { barChart, type ReportContent, renderReport, writeReport } from './index.ts';

const loads = vi.hoisted(() => ({ vega: 0 }));
vi.mock('vega', async (original) => {
  loads.vega++;
  return await original();
});

const content: ReportContent = {
  title: 'A <b>run</b>',
  summary: 'First & "second".\n\nA paragraph of its own.',
  sections: [
    {
      title: 'Numbers',
      tables: [{ head: ['name', 'value'], rows: [['whole', 1234567], ['share', 0.25], ['rate', 5e-5], ['percent', 81.234], ['many', 1234.56], ['none', Number.NaN]] }], // biome-ignore format: a table
    },
    {
      title: 'Texts',
      text: '<script>',
      tables: [{ kind: 'texts', rows: [['<img src=x>', '𝔸'.repeat(2000)]] }],
    },
  ],
};

describe('renderReport', () => {
  it('does not load vega before there is a chart to draw', async () => {
    expect(loads.vega).toBe(0);
    await renderReport(content);
    expect(loads.vega).toBe(0);
    const chart = barChart({ bars: [{ name: 'a', value: 1 }], value: 'weight' });
    await renderReport({ title: '', sections: [{ title: '', charts: [chart] }] });
    expect(loads.vega).toBe(1);
  });

  it('escapes every text', async () => {
    const html = await renderReport(content);
    expect(html).toContain('<h1>A &lt;b&gt;run&lt;/b&gt;</h1>');
    expect(html).toContain('<title>A &lt;b&gt;run&lt;/b&gt;</title>');
    expect(html).toContain('<p>First &amp; &quot;second&quot;.</p>\n<p>A paragraph of its own.</p>');
    expect(html).toContain('<p>&lt;script&gt;</p>');
    expect(html).toContain('<td>&lt;img src=x&gt;</td>');
    expect(html).not.toMatch(/<script|<img/);
  });

  it('writes numbers as people read them, and cuts long texts between characters', async () => {
    const html = await renderReport(content);
    const cells = [...html.matchAll(/<td>([^<]*)<\/td>/g)].map(([, cell]) => cell);
    expect(cells.slice(0, 12)).toEqual([
      'whole',
      '1,234,567',
      'share',
      '0.2500',
      'rate',
      '5e-5',
      'percent',
      '81.23',
      'many',
      '1,234.6',
      'none',
      '–',
    ]);
    expect(cells.at(-1)).toBe(`${'𝔸'.repeat(1000)}…`);
  });

  it('has each chart in two widths, or once where the width does not matter', async () => {
    const own = {
      svg: async () => '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path/></svg>',
    };
    const chart = barChart({ bars: [{ name: 'a', value: 1 }], value: 'weight' });
    const html = await renderReport({ title: 'x', sections: [{ title: 'y', charts: [chart, own] }] });
    expect(html.match(/<div class="wide"><svg/g)).toHaveLength(1);
    expect(html.match(/<div class="narrow"><svg/g)).toHaveLength(1);
    expect(html).toContain('<figure><svg><path/></svg></figure>');
    expect(html).not.toMatch(/https?:|<link|<iframe|@import|url\(|\son\w+=/);
  });
});

describe('writeReport', () => {
  it('makes the folder and writes the page', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tenon-report-')), 'deep', 'report.html');
    await writeReport(file, content);
    expect(readFileSync(file, 'utf8')).toBe(await renderReport(content));
  });
});
