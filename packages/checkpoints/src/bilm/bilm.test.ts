import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream, storedTensor, TenonError } from '@tenon/core';
import { bilmWeights, type ELMoConfig, elmo, elmoSmall } from '@tenon/models';
import { expectClose, goldenCase, leakFree, selectBackend, sharedFolder } from '@tenon/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromPretrained } from '../hugging-face/from-pretrained.ts';
import { savePretrained } from '../hugging-face/save-pretrained.ts';
import { hdf5Library } from './hdf5-library.ts';
import { loadBilm } from './load-bilm.ts';
import { openHDF5 } from './open-hdf5.ts';
import { writeHDF5 } from './write-hdf5.ts';

const config: ELMoConfig = {
  ...elmoSmall,
  characterEmbeddingSize: 2,
  filters: [
    [1, 2],
    [3, 4],
  ],
  cellSize: 5,
  projectionSize: 3,
};

const root = mkdtempSync(join(tmpdir(), 'tenon-bilm-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeAll(() => selectBackend('cpu'));

/** The two files of a model, in a folder of their own. */
async function release(
  name: string,
  made: ELMoConfig = config,
): Promise<{ options: string; weights: string }> {
  const folder = join(root, name);
  mkdirSync(folder);
  const files = { options: join(folder, 'options.json'), weights: join(folder, 'weights.hdf5') };
  using model = elmo(made, { random: new RandomStream(3) });
  writeFileSync(files.options, JSON.stringify(elmo.formatConfig(made)));
  await writeHDF5(files.weights, bilmWeights(model.stateDict(), made));
  return files;
}

/** Its own HDF5 file, for what our writer never writes. */
async function foreign(
  name: string,
  fill: (file: InstanceType<Awaited<ReturnType<typeof hdf5Library>>['File']>) => void,
): Promise<string> {
  const { File } = await hdf5Library();
  const path = join(root, name);
  const file = new File(path, 'w');
  fill(file);
  file.close();
  return path;
}

const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing thrown',
    (error: Error) => (error instanceof TenonError ? error.message : `no error of ours: ${error}`),
  );

describe('a release', () => {
  test.each<[string, ELMoConfig]>([
    ['projected', config],
    ['plain', { ...config, layers: 1, highways: 0, cellSize: 6, projectionSize: 6 }],
  ])('is the model it was written from: %s', async (name, made) => {
    const files = await release(name, made);
    expect(readdirSync(join(root, name)).sort()).toEqual(['options.json', 'weights.hdf5']);
    await leakFree(async () => {
      const loaded = await loadBilm(elmo, files);
      using backbone = loaded.backbone;
      expect(loaded.config).toEqual(made);
      using written = elmo(made, { random: new RandomStream(3) });
      for (const [path, parameter] of written.parameters()) {
        const expected = Float32Array.from(parameter.dataSync());
        if (path === 'token_embedder.cnn.embedding.weight') expected.fill(0, 0, 2); // padding's, which bilm has not
        // bilm adds 1 to the forget gates' bias when it runs: the file has 1 less.
        expectClose(path, backbone.parameters().get(path)!.dataSync(), expected, {
          absolute: 1e-7,
          relative: 0,
        });
      }
    });
  });

  test('goes to a folder of Hugging Face and back, with other settings', async () => {
    const loaded = await loadBilm(elmo, await release('changed'), { config: { dropout: 0.5 } });
    using model = loaded.backbone;
    const folder = join(root, 'folder');
    await savePretrained(folder, { spec: elmo, config: loaded.config, model });
    const again = await fromPretrained(elmo, folder);
    using backbone = again.backbone;
    expect(again.config).toEqual({ ...config, dropout: 0.5 });
    for (const [path, parameter] of model.parameters()) {
      expect(backbone.parameters().get(path)!.dataSync(), path).toEqual(parameter.dataSync());
    }
  });

  const shared = sharedFolder();
  test.skipIf(shared === undefined)(
    'of bilm itself is read and written back (needs the shared goldens)',
    async () => {
      const golden = goldenCase(join(shared!, 'goldens/elmo/tf_fixture'));
      const weights = join(golden.folder, 'lm_weights.hdf5');
      const { backbone, config: read } = await loadBilm(elmo, {
        options: join(golden.folder, 'options.json'),
        weights,
      });
      const back = join(root, 'back.hdf5');
      await writeHDF5(back, bilmWeights(backbone.stateDict(), read));
      backbone.dispose();
      using file = await openHDF5(back);
      const expected = golden.tensors('lm_weights.safetensors');
      expect(file.weights.size).toBe(expected.size);
      for (const [name, { shape, values }] of expected) {
        const stored = file.weights.get(name.replaceAll('.', '/'))!;
        expect(stored.shape).toEqual(shape);
        expectClose(name, stored.read(), values, { absolute: 1e-7, relative: 0 });
      }
    },
  );
});

describe('refuses', () => {
  test('files that are missing, or something else', async () => {
    const files = await release('missing');
    expect(await messageOf(loadBilm(elmo, { ...files, options: join(root, 'none.json') }))).toContain(
      "none.json: expected bilm's options, got ENOENT",
    );
    expect(await messageOf(loadBilm(elmo, { ...files, weights: join(root, 'none.hdf5') }))).toContain(
      'none.hdf5: expected an HDF5 file, got ENOENT',
    );
    expect(await messageOf(loadBilm(elmo, { ...files, weights: files.options }))).toContain(
      'options.json: expected an HDF5 file, got one that begins with the bytes 123 34 ',
    );
    expect(await messageOf(loadBilm(elmo, { ...files, weights: root }))).toContain(
      'got a folder or a device',
    );
    const empty = join(root, 'empty.hdf5');
    writeFileSync(empty, '');
    expect(await messageOf(openHDF5(empty))).toContain('got one that begins with the bytes of nothing');
  });

  test('weights that do not fit, naming all of them', async () => {
    const files = await release('larger');
    const wanted = { ...config, layers: 3, projectionSize: 2 };
    writeFileSync(files.options, JSON.stringify(elmo.formatConfig(wanted)));
    const message = await messageOf(loadBilm(elmo, files));
    expect(message).toContain(
      `${files.weights}: expected exactly the parameters of the model in their shapes, got missing `,
    );
    expect(message).toContain('lstm.backward_layers.2.state_linearity.bias');
    expect(message).toContain('token_embedder.projection.weight of shape [3, 6] instead of [2, 6]');
  });

  test('a closed file', async () => {
    const { weights } = await release('closed');
    const file = await openHDF5(weights);
    file.close();
    file.close();
    expect(() => file.weights.get('char_embed')!.read()).toThrow('expected an open file, got a closed one');
  });

  test('what is no tensor of numbers in this file', async () => {
    const texts = await foreign('texts.hdf5', (file) => file.create_dataset({ name: 'a', data: ['b', 'c'] }));
    expect(await messageOf(openHDF5(texts))).toContain(
      'texts.hdf5, a: expected a tensor of float32 or float64 in this file',
    );
    const integers = await foreign('integers.hdf5', (file) =>
      file.create_dataset({ name: 'a', data: new Int32Array(3) }),
    );
    expect(await messageOf(openHDF5(integers))).toContain('got class 0 of 4 bytes');
    const outside = await foreign('outside.hdf5', (file) =>
      file.create_external_link('other.hdf5', '/a', 'a'),
    );
    expect(await messageOf(openHDF5(outside))).toContain('got ExternalLink as a, which is no tensor');
    const nowhere = await foreign('nowhere.hdf5', (file) => file.create_soft_link('/none', 'a'));
    expect(await messageOf(openHDF5(nowhere))).toContain('got BrokenSoftLink as a, which is no tensor');
    const circle = await foreign('circle.hdf5', (file) => {
      file.create_group('g');
      file.create_hard_link('/g', '/g/again');
    });
    expect(await messageOf(openHDF5(circle))).toContain('got groups in groups, more than 16 deep');
    const vast = await foreign('vast.hdf5', (file) =>
      file
        .create_dataset({ name: 'a', data: new Float32Array(1), shape: [1], maxshape: [null], chunks: [1] })
        .resize([2 ** 28]),
    );
    expect(await messageOf(openHDF5(vast))).toContain(
      'got a of shape [268435456], which is more than the file can hold',
    );
  });

  test('names that cannot be written, and keeps what was there', async () => {
    const { weights } = await release('kept');
    const before = readFileSync(weights);
    const one = storedTensor(new Float32Array(1), [1]);
    const names = new Map([
      ['a', one],
      ['a/b', one],
    ]);
    expect(await messageOf(writeHDF5(weights, names))).toContain(
      'expected an HDF5 file with every tensor, got none a.',
    );
    expect(readFileSync(weights)).toEqual(before);
    expect(await messageOf(writeHDF5(join(root, 'none', 'a.hdf5'), names))).toContain(
      'Make the folder it lies in first.',
    );
  });
});

test('float64 is rounded, and links to a file are followed', async () => {
  const path = await foreign('doubles.hdf5', (file) => {
    file.create_group('g');
    file.create_dataset({ name: 'g/a', data: Float64Array.of(0.1, 2), shape: [2, 1] });
  });
  symlinkSync(path, join(root, 'link.hdf5'));
  using file = await openHDF5(join(root, 'link.hdf5'));
  expect(file.weights.get('g/a')).toMatchObject({ shape: [2, 1], dtype: 'float32' });
  expect(file.weights.get('g/a')!.read()).toEqual(Float32Array.of(0.1, 2));
});

test('a damaged file loads or ends in an error of ours', async () => {
  const { weights } = await release('damaged');
  const whole = readFileSync(weights);
  const path = join(root, 'mutant.hdf5');
  copyFileSync(weights, path);
  const outcomes = { loaded: 0, refused: 0 };
  for (let i = 0; i < 150; i++) {
    const random = new RandomStream(i).next();
    const [cut, ...places] = random.uniform(9);
    const mutant = Buffer.from(i % 3 === 0 ? whole.subarray(0, Math.floor(cut! * whole.length)) : whole);
    if (i % 3 !== 0)
      for (const place of places.slice(0, i % 4)) mutant[Math.floor(place * mutant.length)] = (i * 37) % 256;
    writeFileSync(path, mutant);
    const message = await messageOf(
      openHDF5(path).then((file) => {
        using open = file;
        for (const stored of open.weights.values()) stored.read();
      }),
    );
    expect(message, `mutant ${i}`).not.toContain('no error of ours');
    outcomes[message === 'nothing thrown' ? 'loaded' : 'refused']++;
  }
  expect(outcomes.loaded).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(50);
});
