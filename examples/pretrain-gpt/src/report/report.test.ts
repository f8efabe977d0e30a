import { renderReport } from '@tenon/trainers/report';
import { describe, expect, it } from 'vitest';
import type { Metrics } from './metrics.ts';
import { tokensPerSecond } from './metrics.ts';
import { reportContent } from './report.ts';

const metrics: Metrics = {
  steps: Array.from({ length: 1000 }, (_, i) => ({
    step: i + 1,
    loss: 1 + 6 / (i + 1),
    tokens: 2048,
    seconds: 0.25,
  })),
  evaluations: [0, 500, 1000].map((step) => ({ step, loss: 1 + 6 / (step + 1), perplexity: 0, seconds: 1 })),
  samples: [0, 500, 1000].map((step) => ({
    type: 'sample',
    step,
    text: `<script>alert("${step}")</script> & more`,
  })),
};
const page = renderReport(
  reportContent({
    title: 'A tiny model',
    summary: 'Trained for a test.',
    metrics,
    baseline: { name: '4-gram', loss: 1.5 },
    bitsPerByte: (loss) => loss / Math.LN2 / 4,
    settings: [['layers', '2']],
  }),
);

describe('reportContent', () => {
  it('needs nothing but itself', async () => {
    const html = await page;
    expect(html).not.toMatch(/https?:|<script|<link|<img|<iframe|@import|url\(|\son\w+=/);
    expect(html.length).toBeLessThan(90_000);
  });

  it('has a curve for each series, whose colours work on light and on dark', async () => {
    const html = await page;
    expect(html).toContain('prefers-color-scheme: dark');
    for (const series of ['training, smoothed', 'validation', '4-gram'])
      expect(html).toContain(`>${series}</text>`);
    expect(html.match(/mark-line/g)?.length).toBeGreaterThanOrEqual(1);
    expect(html).toContain('currentColor');
  });

  it('has scores, samples and settings in tables', async () => {
    const rows = [...(await page).matchAll(/<tr>(.*)<\/tr>/g)].map(([, row]) =>
      row!.replace(/<[^>]+>/g, '|'),
    );
    expect(rows).toMatchInlineSnapshot(`
      [
        "|validation||loss, nats a token||perplexity||bits a byte|",
        "|this model||1.006||2.73||0.363|",
        "|4-gram||1.500||4.48||0.541|",
        "|step||what the model wrote|",
        "|0||&lt;script&gt;alert(&quot;0&quot;)&lt;/script&gt; &amp; more|",
        "|500||&lt;script&gt;alert(&quot;500&quot;)&lt;/script&gt; &amp; more|",
        "|1,000||&lt;script&gt;alert(&quot;1000&quot;)&lt;/script&gt; &amp; more|",
        "|layers||2|",
        "|training speed||8,192 tokens/s (median)|",
      ]
    `);
  });
});

describe('tokensPerSecond', () => {
  it('is the median after the first steps', () => {
    const slowStart = [9, 9, 9, 0.5, 0.5, 4].map((seconds, step) => ({
      step,
      loss: 1,
      tokens: 100,
      seconds,
    }));
    expect(tokensPerSecond({ ...metrics, steps: slowStart })).toBe(200);
    expect(tokensPerSecond({ ...metrics, steps: [] })).toBe(0);
  });
});
