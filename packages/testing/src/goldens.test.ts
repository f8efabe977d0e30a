import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { goldenCase, sharedFolder } from './goldens.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenon-goldens-'));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('reads the JSON files and tensors of a case', () => {
  const header = JSON.stringify({
    __metadata__: { format: 'pt' },
    mask: { dtype: 'U8', shape: [3], data_offsets: [0, 3] },
    x: { dtype: 'F32', shape: [2, 1], data_offsets: [3, 11] },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const values = Buffer.from(new Float32Array([1.5, -2]).buffer);
  writeFileSync(
    join(folder, 'golden.safetensors'),
    Buffer.concat([length, Buffer.from(header), Buffer.from([1, 0, 1]), values]),
  );
  writeFileSync(join(folder, 'meta.json'), '{"loss": 5}');

  const golden = goldenCase(folder);
  expect(golden.has('meta.json')).toBe(true);
  expect(golden.has('train.json')).toBe(false);
  expect(golden.json('meta.json')).toEqual({ loss: 5 });
  const tensors = golden.tensors('golden.safetensors');
  expect([...tensors.keys()]).toEqual(['mask', 'x']);
  expect(tensors.get('x')).toEqual({ shape: [2, 1], values: new Float32Array([1.5, -2]) });
  expect(tensors.get('mask')!.values).toEqual(new Uint8Array([1, 0, 1]));
});

test('finds the shared folder by the environment, and says when there is none', () => {
  vi.stubEnv('TENON_SHARED', tmpdir());
  expect(sharedFolder()).toBe(tmpdir());
  vi.stubEnv('TENON_SHARED', join(tmpdir(), 'no-such-folder'));
  expect(sharedFolder()).toBeUndefined();
});
