import { getBackend } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useBackend } from './backend.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('useBackend', () => {
  it('takes the one asked for', async () => {
    expect(await useBackend('cpu')).toEqual({
      choice: 'cpu',
      package: '@tensorflow/tfjs-backend-cpu',
      description: 'plain JavaScript, for small things only',
      skipped: [],
    });
    expect(getBackend()).toBe('cpu');
  });

  it('prefers the fastest that is installed and says why not the others', async () => {
    const chosen = await useBackend('auto');
    expect(chosen.choice).toBe('onnx');
    expect(chosen.skipped).toEqual([{ package: '@tensorflow/tfjs-node-gpu', reason: 'not installed' }]);
  });

  it('lets the environment choose', async () => {
    vi.stubEnv('TENON_BACKEND', 'cpu');
    expect((await useBackend()).choice).toBe('cpu');
  });

  it('says how to get what is missing, and leaves the current one', async () => {
    await useBackend('cpu');
    await expect(useBackend('tensorflow-gpu')).rejects.toThrow(
      'backend: expected tensorflow-gpu to be installed and to work, ' +
        'got @tensorflow/tfjs-node-gpu: not installed. Install one: npm install @tensorflow/tfjs-node-gpu',
    );
    expect(getBackend()).toBe('cpu');
  });

  it('does not know other names', async () => {
    vi.stubEnv('TENON_BACKEND', 'gpu');
    await expect(useBackend()).rejects.toThrow(
      'backend: expected auto, tensorflow-gpu, onnx, tensorflow, wasm, cpu, got gpu. Choose one of these names.',
    );
  });
});
