import { selectBackend } from '@tenon/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { numberBatches } from './__fixtures__/number-batches.ts';
import { TinyObjective } from './__fixtures__/tiny-objective.ts';
import { optimizer } from './__fixtures__/tiny-run.ts';
import { progressBar } from './progress-bar.ts';
import { train } from './train.ts';
import type { TrainerCallback } from './trainer-callback.ts';

const MESSAGE = 'the batches ended after 2 of 5 steps: give them epochs: Infinity, or ask for fewer steps';

describe('a warning', () => {
  beforeAll(() => selectBackend('cpu'));

  let onConsole: MockInstance<typeof console.warn>;
  beforeEach(() => {
    onConsole = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => onConsole.mockRestore());

  /** A run that has something to warn of. */
  async function run(callbacks: TrainerCallback[]): Promise<void> {
    using objective = new TinyObjective();
    await train({ objective, optimizer, batches: numberBatches({ limit: 2 }), steps: 5, callbacks });
  }

  it('goes to the console where no callback listens for it', async () => {
    await run([{ onStepEnd: () => undefined }]);
    expect(onConsole.mock.calls).toEqual([[MESSAGE]]);
  });

  it('goes to the callbacks that do, and not to the console as well', async () => {
    const told: string[] = [];
    const listening: TrainerCallback = { onWarning: ({ message }) => void told.push(message) };
    await run([listening, listening]);
    expect(told).toEqual([MESSAGE, MESSAGE]);
    const lines: string[] = [];
    const stream = { isTTY: false, write: (line: string) => lines.push(line) };
    await run([progressBar({ stream: stream as unknown as NodeJS.WriteStream })]); // all that plain lines need
    expect(lines.filter((line) => line.includes('warning'))).toEqual([`warning: ${MESSAGE}\n`]);
    expect(onConsole).not.toHaveBeenCalled();
  });
});
