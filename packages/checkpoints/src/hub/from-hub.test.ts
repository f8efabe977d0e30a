import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CausalLM } from '@tenon/heads';
import { gpt2, gpt2Small } from '@tenon/models';
import { selectBackend } from '@tenon/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fromPretrained } from '../hugging-face/from-pretrained.ts';
import { savePretrained } from '../hugging-face/save-pretrained.ts';
import { type HubServer, startHub } from './__fixtures__/hub-server.ts';

const config = { ...gpt2Small, vocabularySize: 20, contextLength: 8, hiddenSize: 8, layers: 2, heads: 2 };
const root = mkdtempSync(join(tmpdir(), 'tenon-from-hub-'));
let hub: HubServer;

beforeAll(async () => {
  await selectBackend('cpu');
  const folder = join(root, 'saved');
  using model = new CausalLM(gpt2(config));
  await savePretrained(folder, { spec: gpt2, config, model, maxShardSize: '3KB' });
  const files = readdirSync(folder).map((name) => {
    return [
      name,
      { content: readFileSync(join(folder, name)), large: name.endsWith('.safetensors') },
    ] as const;
  });
  hub = await startHub('org/tiny', new Map(files));
  vi.stubEnv('HF_ENDPOINT', hub.url);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  rmSync(root, { recursive: true, force: true });
});

test('a model is loaded by its name, and without the network from the cache', async () => {
  const cacheDir = join(root, 'cache');
  const seen = new Set<string>();
  const first = await fromPretrained(gpt2, 'org/tiny', {
    task: CausalLM,
    cacheDir,
    token: false,
    progress: ({ file }) => seen.add(file),
  });
  using model = first.model;
  expect(seen.size).toBe(hub.log.filter((line) => line.startsWith('hub')).length);
  expect([...seen].filter((file) => file.endsWith('.safetensors')).length).toBeGreaterThan(1);

  const again = await fromPretrained(gpt2, 'org/tiny', { cacheDir, localFilesOnly: true });
  using backbone = again.backbone;
  expect(again.config).toEqual(config);
  for (const [name, parameter] of backbone.parameters()) {
    expect(parameter.dataSync(), name).toEqual(model.backbone.parameters().get(name)!.dataSync());
  }
});
