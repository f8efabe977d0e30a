import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Recorded } from './__fixtures__/recorder.ts';
import { CallbackList } from './callback-list.ts';
import { type ProgressBar, progressBar } from './progress-bar.ts';

/** Collects what is written; a terminal or none. */
function output(isTTY: boolean, columns = 100): { stream: NodeJS.WriteStream; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  // What is read of a terminal: whether it is one, and its width.
  return {
    stream: Object.assign(stream, { isTTY, columns }) as unknown as NodeJS.WriteStream,
    text: () => text,
  };
}

async function tell(progress: ProgressBar, ...events: Recorded[]): Promise<void> {
  const callbacks = new CallbackList([progress]);
  for (const { name, ...event } of events) await callbacks.tell(name, event as never);
}

const step = (n: number, loss: number): Recorded => ({
  name: 'onStepEnd',
  step: n,
  loss,
  tokens: 500,
  seconds: 0.5,
});
const start: Recorded = { name: 'onTrainBegin', step: 0, steps: 4 };
const evaluation = { name: 'onEvaluate' as const, step: 2, loss: 1.25, perplexity: 3.49, seconds: 1 };

describe('progressBar', () => {
  it('writes plain lines where there is no terminal, seldom and at the end', async () => {
    const { stream, text } = output(false);
    const progress = progressBar({ stream, every: 60 });
    progress.print('hello');
    await tell(progress, start, step(1, 2), step(2, 1), evaluation, step(3, 1));
    await tell(progress, { name: 'onWarning', step: 3, message: 'careful' });
    await tell(progress, step(4, 1), { name: 'onTrainEnd', step: 4, stopped: 'finished' });
    expect(text().split('\n')).toEqual([
      'hello',
      expect.stringMatching(/^step 1\/4 \| loss 2\.0000 \| 1,000 tokens\/s \| 0:0\d left$/),
      'step 2: evaluation loss 1.2500, perplexity 3.49',
      'warning: careful',
      expect.stringMatching(/^step 4\/4 \| loss 1\.2\d+ \| 1,000 tokens\/s \| 0:00 left$/),
      '',
    ]);
  });

  it('leaves a narrow terminal to the figures', async () => {
    const { stream, text } = output(true, 40);
    const progress = progressBar({ stream });
    await tell(progress, start, step(1, 2), { name: 'onTrainEnd', step: 1, stopped: 'interrupted' });
    expect(text()).toContain('1/4 | loss 2.0000 | 1,000 tokens/s');
    expect(text()).not.toMatch(/[█░]/);
  });

  it('draws a bar on a terminal, with what is printed above it', async () => {
    const { stream, text } = output(true);
    const progress = progressBar({ stream });
    await tell(progress, start, step(1, 2), step(2, 2), evaluation);
    progress.print('once upon a time');
    await tell(progress, step(3, 2), step(4, 2), { name: 'onTrainEnd', step: 4, stopped: 'finished' });
    expect(text()).toContain('step 2: evaluation loss 1.2500, perplexity 3.49\n');
    expect(text()).toContain('once upon a time\n');
    expect(text()).toMatch(/████████████████████████ 4\/4 \| loss 2\.0000 \| 1,000 tokens\/s \| 0:00 left/);
  });

  it('says nothing about a finished run that is resumed, as there is nothing left to do', async () => {
    const { stream, text } = output(false);
    const end: Recorded = { name: 'onTrainEnd', step: 4, stopped: 'finished' };
    await tell(progressBar({ stream }), { name: 'onTrainBegin', step: 4, steps: 4 }, end);
    expect(text()).toBe('');
  });

  it('shows the metrics of a task', async () => {
    const { stream, text } = output(false);
    await tell(progressBar({ stream }), start, { ...evaluation, metrics: { accuracy: 0.75 } });
    expect(text()).toBe('step 2: evaluation loss 1.2500, accuracy 0.7500\n');
  });

  it('says nothing about a run that fails before its first step', async () => {
    const { stream, text } = output(false);
    await tell(progressBar({ stream }), { name: 'onError', step: 0, error: new Error('no') });
    expect(text()).toBe('');
  });
});
