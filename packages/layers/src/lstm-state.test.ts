// B rows, P output, H cells.
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { LSTMState } from './lstm-state.ts';

const make = (): LSTMState => new LSTMState({ batchSize: 2, lstms: [{ outputSize: 1, cellSize: 2 }] });
const advance = (state: LSTMState, value: number): void =>
  tidy(() => state.advance(3, [{ output: tensor2d([[value]]), cells: tensor2d([[value, -value]]) }]));
const held = (state: LSTMState): number[][] =>
  tidy(() =>
    state.carries(2).flatMap(({ output, cells }) => [[...output.dataSync()], [...cells.dataSync()]]),
  );

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('goes back to what was saved, and to nothing', () => {
    using state = make();
    advance(state, 5);
    const saved = state.stateDict();
    expect([...saved.keys()]).toEqual(['0.output', '0.cells', 'length']);
    advance(state, 6);
    state.loadStateDict(saved);
    expect([held(state), state.length]).toEqual([
      [
        [5, 0],
        [5, -5, 0, 0],
      ],
      3,
    ]);
    state.reset();
    expect([held(state), state.length]).toEqual([
      [
        [0, 0],
        [0, 0, 0, 0],
      ],
      0,
    ]);
  });

  test('refuses what was saved of another model, and stays as it was', async () => {
    await leakFree(() => {
      using state = make();
      using other = new LSTMState({ batchSize: 2, lstms: [{ outputSize: 1, cellSize: 3 }] });
      advance(state, 5);
      expect(() => state.loadStateDict(other.stateDict())).toThrow(
        'LSTM state: expected exactly the parameters of the model in their shapes, got 0.cells of shape [2, 3] instead of [2, 2].',
      );
      expect([held(state), state.length]).toEqual([
        [
          [5, 0],
          [5, -5, 0, 0],
        ],
        3,
      ]);
    });
  });
});
