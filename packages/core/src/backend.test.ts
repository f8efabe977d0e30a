import { findBackendFactory, getBackend, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import '@tenon/tfjs-backend-onnx';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBackend } from './backend.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
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
    expect(chosen.description).toBe('ONNX Runtime 1.30.0, native'); // which build it is, the backend says itself
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

  describe('with a backend that is installed but cannot start', () => {
    const working = findBackendFactory('onnx');
    const reason = 'onnx backend: expected a native library, got none. Run `npm install it`';

    beforeEach(async () => {
      await useBackend('cpu');
      removeBackend('onnx');
      registerBackend('onnx', () => {
        throw new Error(`${reason}.`);
      });
    });

    afterEach(() => {
      removeBackend('onnx');
      registerBackend('onnx', working, 3);
    });

    it("throws with the backend's own words", async () => {
      await expect(useBackend('onnx')).rejects.toThrow(
        'backend: expected onnx to be installed and to work, ' +
          `got @tenon/tfjs-backend-onnx: ${reason}. Do what that says, or choose another backend.`,
      );
      expect(getBackend()).toBe('cpu');
    });

    it('takes the next, and says so in a line', async () => {
      const warn = vi.spyOn(console, 'warn').mockReturnValue();
      const chosen = await useBackend('auto');
      expect(chosen.skipped).toContainEqual({ package: '@tenon/tfjs-backend-onnx', reason });
      expect(warn.mock.calls).toEqual([
        [
          `backend: @tenon/tfjs-backend-onnx is installed but does not work, running on ${chosen.package}: ${reason}.`,
        ],
      ]);
    });
  });

  it('does not know other names', async () => {
    vi.stubEnv('TENON_BACKEND', 'gpu');
    await expect(useBackend()).rejects.toThrow(
      'backend: expected auto, tensorflow-gpu, onnx, tensorflow, wasm, cpu, got gpu. Choose one of these names.',
    );
  });
});
