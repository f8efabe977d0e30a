import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gpt2Small } from '@tenon/models';
import { selectBackend, sharedFolder } from '@tenon/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCase } from './make-case.ts';

const launcher = fileURLToPath(new URL('../run.mjs', import.meta.url));
const main = fileURLToPath(new URL('main.ts', import.meta.url));

let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'tenon-goldens-'));
  await selectBackend('cpu');
  await makeCase(join(temporary, 'made'), {
    config: {
      ...gpt2Small,
      vocabularySize: 37,
      contextLength: 10,
      hiddenSize: 12,
      feedForwardSize: 20,
      layers: 2,
      heads: 3,
      embeddingDropout: 0,
      attentionDropout: 0,
      residualDropout: 0,
      initializerRange: 0.2,
    },
    seed: 5,
    batch: 3,
    tokens: 7,
    steps: 6,
  });
});
afterAll(() => rm(temporary, { recursive: true, force: true }));

function goldens(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, main, ...args], {
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

/** A copy of the made case, to be changed. */
async function copied(name: string): Promise<string> {
  await cp(join(temporary, 'made'), join(temporary, name, 'case'), { recursive: true });
  return join(temporary, name, 'case');
}

/** Adds to the last value of the last tensor in a safetensors file. */
async function perturb(file: string, change: number): Promise<void> {
  const bytes = await readFile(file);
  bytes.writeFloatLE(bytes.readFloatLE(bytes.length - 4) + change, bytes.length - 4);
  await writeFile(file, bytes);
}

describe('npm run goldens', () => {
  it('runs a case of another configuration, made on cpu, on both backends', () => {
    const { status, output } = goldens(join(temporary, 'made'));
    expect(output).toMatch(/^pass\s+onnx {2}made\s+gpt2\/model\s+abs \d/m);
    expect(output).toMatch(/^pass\s+cpu {3}made\s+gpt2\/model\s+abs \d/m);
    expect(output).toContain('2 passed, 0 failed');
    expect(status).toBe(0);
  });

  it.each([
    ['golden.safetensors', /attentions\.1: expected within 0\.00002/],
    ['grads.safetensors', /gradient transformer\.ln_f\.bias: expected within/],
    ['train_adamw_final.safetensors', /after training adamw transformer\.ln_f\.bias: expected within/],
  ])('fails when %s is not what is computed', async (file, message) => {
    const folder = await copied(`perturbed-${file}`);
    await perturb(join(folder, file), 1e-3);
    const { status, output } = goldens(folder, '--backend', 'cpu');
    expect(output).toMatch(/^FAIL\s+cpu/m);
    expect(output).toMatch(message);
    expect(status).toBe(1);
  });

  it('fails on NaN, and on a file that is cut off, and goes on with the next case', async () => {
    const nan = await copied('broken');
    await perturb(join(nan, 'golden.safetensors'), Number.NaN);
    const cut = join(temporary, 'broken', 'cut');
    await cp(join(temporary, 'made'), cut, { recursive: true });
    await writeFile(join(cut, 'golden.safetensors'), '');
    const { status, output } = goldens(join(temporary, 'broken'), '--backend', 'cpu');
    expect(output).toMatch(/attentions\.1: expected NaN/);
    expect(output).toMatch(/golden\.safetensors: expected/);
    expect(output).toContain('0 passed, 2 failed');
    expect(status).toBe(1);
  });

  it('names the families it does not know, which is no failure', async () => {
    const folder = await copied('with-unknown');
    await mkdir(join(folder, '..', 'other'));
    await writeFile(join(folder, '..', 'other', 'meta.json'), '{"family": "gpt9", "kind": "telepathy"}');
    const { status, output } = goldens(join(folder, '..'), '--backend', 'cpu');
    expect(output).toContain('not known yet: 1 case of 1 kind: gpt9/telepathy');
    expect(status).toBe(0);
  });

  it('lists what it did not read', async () => {
    const folder = await copied('with-more');
    await writeFile(join(folder, 'beams.json'), '{}');
    const { status, output } = goldens(folder, '--backend', 'cpu');
    expect(output).toMatch(/^pass in part\s+cpu/m);
    expect(output).toContain('not known yet, 1: beams.json');
    expect(status).toBe(0);
  });

  it('knows what run_squad.py makes, and says what differs', async () => {
    const folder = join(temporary, 'squad', 'case');
    await mkdir(folder, { recursive: true });
    await mkdir(join(temporary, 'data', 'vocab-bert'), { recursive: true });
    const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', 'b'];
    await writeFile(join(temporary, 'data', 'vocab-bert', 'tiny-uncased.txt'), vocabulary.join('\n'));
    const write = (name: string, json: object) => writeFile(join(folder, name), JSON.stringify(json));
    const qas = [{ id: 'q', question: 'a', answers: [] }];
    const window = {
      unique_id: 1_000_000_000,
      qas_id: 'q',
      doc_span_index: 0,
      tokens: ['[CLS]', 'a', '[SEP]', 'b', 'a', '[SEP]'],
      token_to_orig_map: { 3: 0, 4: 1 },
      token_is_max_context: { 3: true, 4: true },
      input_ids: [2, 4, 3, 5, 4, 3, 0, 0],
      input_mask: [1, 1, 1, 1, 1, 1, 0, 0],
      segment_ids: [0, 0, 0, 1, 1, 1, 0, 0],
    };
    const settings = { max_seq_length: 8, doc_stride: 2, max_query_length: 4 };
    await write('META.json', {
      vocab: 'tiny-uncased.txt',
      oracle: 'run_squad.py (n_best 1, max_answer_length 1)',
    });
    await write('input.json', { data: [{ paragraphs: [{ context: 'B  a', qas }] }] });
    await write('features_eval.json', { settings, n_examples_read: 1, features: [window] });
    const logits = { start_logits: [0, 0, 0, 3, 4, 0, 0, 0], end_logits: [0, 0, 0, 2, 0, 0, 0, 0] };
    await write('logits.json', [{ unique_id: window.unique_id, ...logits }]);
    await write('predictions.json', { q: 'empty' }); // the best start and the best end are no answer
    const run = () => goldens(join(folder, '..'), '--backend', 'cpu', '--data', join(temporary, 'data'));
    expect(run().output).toMatch(/^pass\s+cpu\s+squad\/case\s+squad\/run_squad/m);

    const moved = { ...window, token_to_orig_map: { 3: 0, 4: 0 } };
    await write('features_eval.json', { settings, n_examples_read: 1, features: [moved] });
    const { status, output } = run();
    expect(output).toContain('features_eval.json 0 token_to_orig_map: expected "4: 0" at 1, got "4: 1"');
    expect(status).toBe(1);
  });

  it('says that a learning curve needs its data', async () => {
    const folder = await copied('with-curve');
    const curve = { family: 'learning_curves', kind: 'gpt2_char_poems' };
    await writeFile(join(folder, '..', 'curve.json'), JSON.stringify(curve));
    const { status, output } = goldens(join(folder, '..'), '--backend', 'onnx');
    expect(output).toMatch(
      /^skip .*curve\.json .*skipped: it trains on a data set, whose folder --data names/m,
    );
    expect(status).toBe(0);
  });

  it.each([
    [
      'a folder that does not exist',
      async () => join(temporary, 'nowhere'),
      /got .*nowhere, which does not exist/,
    ],
    ['an empty folder', () => mkdtemp(join(temporary, 'empty-')), /expected a meta\.json.* got no case in/],
    ['a folder of unknown kinds only', onlyUnknown, /expected at least one case of bert, gpt, gpt2/],
  ])('is an error for %s', async (_what, folder, message) => {
    const { status, output } = goldens(await folder());
    expect(output).toMatch(message);
    expect(status).toBe(1);
  });

  const shared = sharedFolder();
  it.skipIf(shared === undefined || !existsSync(join(shared, 'goldens')))(
    'passes the reference implementation (skipped where the shared goldens are not there)',
    () => {
      const { status, output } = goldens(join(shared!, 'goldens', 'gpt2', 'lm'));
      expect(output).toMatch(/^pass in part\s+onnx/m);
      expect(output).toMatch(/^pass in part\s+cpu/m);
      expect(status).toBe(0);
    },
  );

  it('runs learned merges and lines of texts, and says which line is wrong', async () => {
    const folder = join(temporary, 'words');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'corpus.txt'), 'low low lower');
    const learned = { oracle: 'by hand', num_symbols: 2, min_frequency: 2, format: 'ties: the LARGEST pair' };
    const merges = [
      ['l', 'o'],
      ['lo', 'w</w>'],
    ];
    await writeFile(join(folder, 'learned.json'), JSON.stringify({ ...learned, merges }));
    await writeFile(join(folder, 'wrong.json'), JSON.stringify({ ...learned, merges: [['o', 'w</w>']] }));
    await writeFile(
      join(folder, 'standardize.jsonl'),
      '{"text": " a", "out": "a"}\n{"text": "b ", "out": "c"}\n',
    );
    const { status, output } = goldens(folder, '--data', folder, '--backend', 'cpu');
    expect(output).toMatch(/^pass\s+cpu\s+words\/learned\.json\s+tokenizers\/learned merges/m);
    expect(output).toContain('merges: expected "o w</w>" at 0, got "l o"');
    expect(output).toContain('line 2 out: expected "c" at 0, got "b"');
    expect(output).toContain('1 passed, 2 failed');
    expect(status).toBe(1);
  });
});

async function onlyUnknown(): Promise<string> {
  const folder = await mkdtemp(join(temporary, 'unknown-'));
  await writeFile(join(folder, 'meta.json'), '{"family": "gpt9", "kind": "telepathy"}');
  return folder;
}
