import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TenonError } from '@tenon/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  COMMIT,
  gitSha1,
  type HostedFile,
  type HubServer,
  send,
  sha256,
  startHub,
} from './__fixtures__/hub-server.ts';
import { downloadPretrained } from './download-pretrained.ts';
import { downloadSnapshot, tokenizerFiles } from './download-snapshot.ts';
import type { DownloadProgress } from './options.ts';

const NAME = 'org/tiny';
const CONFIG = Buffer.from('{"model_type": "tiny"}');
const WEIGHTS = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251));
const VOCAB = Buffer.from('{"ü": 0}');

const FILES = new Map<string, HostedFile>([
  ['config.json', { content: CONFIG }],
  ['model.safetensors', { content: WEIGHTS, large: true }],
  ['pytorch_model.bin', { content: WEIGHTS, large: true }],
  ['vocab.json', { content: VOCAB }],
  ['onnx/model.onnx', { content: VOCAB }],
]);

let hub: HubServer;
let cacheDir: string;
const repository = () => join(cacheDir, 'models--org--tiny');
const snapshot = () => join(repository(), 'snapshots', COMMIT);
const blob = (content: Buffer) => join(repository(), 'blobs', sha256(content));
const weightsFile = () => join(snapshot(), 'model.safetensors');

async function start(files: ReadonlyMap<string, HostedFile> = FILES, token?: string): Promise<void> {
  await hub?.close();
  hub = await startHub(NAME, files, token);
  vi.stubEnv('HF_ENDPOINT', `${hub.url}/`);
}

beforeEach(async () => {
  cacheDir = mkdtempSync(join(tmpdir(), 'tenon-hub-'));
  for (const variable of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE']) {
    vi.stubEnv(variable, '');
  }
  vi.stubEnv('HF_HOME', cacheDir);
  await start();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await hub.close();
  rmSync(cacheDir, { recursive: true, force: true });
});

/** Cuts the CDN's connection after so many bytes of the answer, as often as there are numbers. */
function cutAfter(...bytes: number[]): void {
  hub.mischief = (request, response) => {
    if (request.url !== '/model.safetensors' || bytes.length === 0) return false;
    const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': WEIGHTS.length - start,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${WEIGHTS.length - 1}/${WEIGHTS.length}` } : {}),
    });
    response.write(WEIGHTS.subarray(start, start + bytes.shift()!), () =>
      setTimeout(() => response.destroy(), 20),
    );
    return true;
  };
}

describe('fetching a model', () => {
  test('takes what is needed, into the cache layout of Python', async () => {
    const seen: DownloadProgress[] = [];
    const folder = await downloadPretrained(NAME, { cacheDir, progress: (progress) => seen.push(progress) });
    expect(folder).toBe(snapshot());
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(readFileSync(join(folder, 'config.json'))).toEqual(CONFIG);
    expect(readFileSync(weightsFile()).equals(WEIGHTS)).toBe(true);
    expect(readFileSync(join(repository(), 'refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(readlinkSync(weightsFile())).toBe(join('..', '..', 'blobs', sha256(WEIGHTS)));
    expect(readdirSync(join(repository(), 'blobs')).sort()).toEqual(
      [gitSha1(CONFIG), sha256(WEIGHTS)].sort(),
    );
    expect(seen.at(-1)).toEqual({
      file: 'model.safetensors',
      received: WEIGHTS.length,
      total: WEIGHTS.length,
    });
    expect(hub.log).toEqual([
      'api /api/models/org/tiny/revision/main',
      `api /api/models/org/tiny/tree/${COMMIT}`,
      `hub /org/tiny/resolve/${COMMIT}/config.json`,
      `hub /org/tiny/resolve/${COMMIT}/model.safetensors`,
      'cdn /model.safetensors',
    ]);
  });

  test('does not fetch twice, and finds files that are there under another commit', async () => {
    await downloadPretrained(NAME, { cacheDir });
    hub.log.length = 0;
    unlinkSync(weightsFile());
    await downloadPretrained(NAME, { cacheDir, revision: 'v1' });
    expect(hub.log.filter((line) => !line.startsWith('api'))).toEqual([]);
    expect(readFileSync(weightsFile()).equals(WEIGHTS)).toBe(true);
    expect(readFileSync(join(repository(), 'refs', 'v1'), 'utf8')).toBe(COMMIT);
  });

  test('takes the index and the shards that it names', async () => {
    const names = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    const index = { weight_map: { a: names[0], b: names[1] } };
    const small = (content: string) => ({ content: Buffer.from(content) });
    await start(
      new Map([
        ['config.json', small('{}')],
        ['generation_config.json', small('{ }')],
        ['model.safetensors.index.json', small(JSON.stringify(index))],
        [names[0]!, small('one')],
        [names[1]!, small('two')],
        ['model-00003-of-00003.safetensors', small('of another save')],
      ]),
    );
    const folder = await downloadPretrained(NAME, { cacheDir });
    expect(readdirSync(folder).sort()).toEqual(
      ['config.json', 'generation_config.json', 'model.safetensors.index.json', ...names].sort(),
    );
  });

  test('says what to do where there are no safetensors', async () => {
    await start(new Map([...FILES].filter(([name]) => name !== 'model.safetensors')));
    await expect(downloadPretrained(NAME, { cacheDir })).rejects.toThrow(
      "org/tiny: expected the weights as model.safetensors, got pytorch_model.bin. Convert them in Python, AutoModel.from_pretrained('org/tiny').save_pretrained(folder)",
    );
    expect(existsSync(snapshot())).toBe(false);
  });

  test('refuses names that leave the folder, in the list and in the index', async () => {
    const evil = { content: Buffer.from('{"weight_map": {"a": "../../../evil"}}') };
    const files = new Map([
      ['config.json', evil],
      ['model.safetensors.index.json', evil],
      ['../../../evil', evil],
    ]);
    await start(files);
    await expect(downloadPretrained(NAME, { cacheDir })).rejects.toThrow(
      'expected names of files inside the folder, got "../../../evil".',
    );
    await expect(downloadSnapshot(NAME, { cacheDir })).rejects.toThrow(
      'org/tiny: expected names of files inside the folder, got "../../../evil".',
    );
    expect(existsSync(join(cacheDir, 'evil'))).toBe(false);
  });
});

describe('downloadSnapshot', () => {
  test('takes everything, or what matches', async () => {
    const folder = await downloadSnapshot(NAME, { cacheDir, allowPatterns: tokenizerFiles });
    expect(readdirSync(folder)).toEqual(['vocab.json']);
    await downloadSnapshot(NAME, { cacheDir, allowPatterns: ['*.onnx'] });
    expect(readdirSync(folder).sort()).toEqual(['onnx', 'vocab.json']);
    expect(readFileSync(join(folder, 'onnx', 'model.onnx'))).toEqual(VOCAB);
    await downloadSnapshot(NAME, { cacheDir });
    expect(readdirSync(folder)).toHaveLength(5);
    await expect(downloadSnapshot(NAME, { cacheDir, allowPatterns: ['*.txt'] })).rejects.toThrow(
      'org/tiny: expected files that match *.txt, got config.json, model.safetensors',
    );
  });

  test('puts the cache where the environment says', async () => {
    const patterns = { allowPatterns: ['config.json'] };
    expect(await downloadSnapshot(NAME, patterns)).toBe(
      join(cacheDir, 'hub', 'models--org--tiny', 'snapshots', COMMIT),
    );
    vi.stubEnv('HF_HUB_CACHE', join(cacheDir, 'other'));
    expect(await downloadSnapshot(NAME, patterns)).toContain(join(cacheDir, 'other', 'models--org--tiny'));
  });

  test.each(['tiny model', 'a/b/c', '../x', 'a--b', '-a', ''])('refuses the name %j', async (name) => {
    await expect(downloadSnapshot(name)).rejects.toThrow(
      `repository: expected a name such as openai-community/gpt2, got ${JSON.stringify(name)}.`,
    );
  });
});

describe('what breaks on the way', () => {
  test('a connection that is cut is taken up where it was, any number of times', async () => {
    cutAfter(100_000, 50_000);
    await downloadPretrained(NAME, { cacheDir, retries: 1 });
    expect(readFileSync(weightsFile()).equals(WEIGHTS)).toBe(true);
    expect(hub.log.filter((line) => line.startsWith('cdn'))).toEqual([
      'cdn /model.safetensors',
      'cdn /model.safetensors bytes=100000-',
      'cdn /model.safetensors bytes=150000-',
    ]);
  });

  test('what a process that died has left is taken up', async () => {
    mkdirSync(join(repository(), 'blobs'), { recursive: true });
    writeFileSync(`${blob(WEIGHTS)}.999999999-0-1.incomplete`, WEIGHTS.subarray(0, 200_000));
    const seen: number[] = [];
    const progress = ({ file, received }: DownloadProgress) =>
      file === 'model.safetensors' && seen.push(received);
    await downloadPretrained(NAME, { cacheDir, progress });
    expect(seen[0]).toBe(200_000);
    expect(hub.log.at(-1)).toBe('cdn /model.safetensors bytes=200000-');
    expect(readFileSync(weightsFile()).equals(WEIGHTS)).toBe(true);
    expect(readdirSync(join(repository(), 'blobs'))).toHaveLength(2);
  });

  test('a file that is taken away on its way is waited for, or taken up again', async () => {
    const blobs = join(repository(), 'blobs');
    let taken = 0;
    const progress = ({ file, received, total }: DownloadProgress) => {
      if (file !== 'model.safetensors' || received !== total || taken > 0) return;
      for (const name of readdirSync(blobs).filter((one) => one.endsWith('.incomplete'))) {
        renameSync(join(blobs, name), `${blob(WEIGHTS)}.999999999-0-1.incomplete`);
        taken++;
      }
    };
    await downloadPretrained(NAME, { cacheDir, progress });
    expect(taken).toBe(1);
    expect(readFileSync(weightsFile()).equals(WEIGHTS)).toBe(true);
    expect(hub.log.filter((line) => line.startsWith('cdn'))).toHaveLength(1); // what was there had been fetched
    expect(readdirSync(blobs)).toHaveLength(2);
  });

  test.each([
    ['spoilt', Buffer.alloc(200_000)],
    ['too long', Buffer.alloc(400_000)],
    ['whole, but spoilt', Buffer.alloc(WEIGHTS.length)],
  ])('leftovers that are %s are fetched anew', async (_, left) => {
    mkdirSync(join(repository(), 'blobs'), { recursive: true });
    writeFileSync(`${blob(WEIGHTS)}.999999999-0-1.incomplete`, left);
    await downloadPretrained(NAME, { cacheDir });
    expect(readFileSync(weightsFile()).equals(WEIGHTS)).toBe(true);
  });

  test('a server that knows no ranges gives the whole again', async () => {
    mkdirSync(join(repository(), 'blobs'), { recursive: true });
    writeFileSync(`${blob(WEIGHTS)}.999999999-0-1.incomplete`, WEIGHTS.subarray(0, 1000));
    hub.mischief = (request) => {
      delete request.headers.range;
      return false;
    };
    await downloadPretrained(NAME, { cacheDir });
    expect(readFileSync(weightsFile()).equals(WEIGHTS)).toBe(true);
  });

  test('a wrong checksum is an error, and nothing stays', async () => {
    hub.mischief = (request, response) => {
      if (request.url !== '/model.safetensors') return false;
      send(request, response, Buffer.alloc(WEIGHTS.length), 'x');
      return true;
    };
    await expect(downloadPretrained(NAME, { cacheDir })).rejects.toThrow(
      `org/tiny/model.safetensors: expected the content with checksum ${sha256(WEIGHTS)}, got another one. It was changed on the way`,
    );
    expect(readdirSync(join(repository(), 'blobs'))).toEqual([gitSha1(CONFIG)]);
    expect(existsSync(weightsFile())).toBe(false);
  });

  test('a wrong checksum of a small file, which git knows, too', async () => {
    hub.mischief = (request, response) => {
      if (!request.url!.endsWith('config.json')) return false;
      send(request, response, Buffer.from('{"model_type": "evil"}'), 'x');
      return true;
    };
    await expect(downloadPretrained(NAME, { cacheDir })).rejects.toThrow(
      `org/tiny/config.json: expected the content with checksum ${gitSha1(CONFIG)}, got another one.`,
    );
  });

  test('more bytes than the file has are not taken', async () => {
    hub.mischief = (request, response) => {
      if (request.url !== '/model.safetensors') return false;
      send(request, response, Buffer.concat([WEIGHTS, WEIGHTS]), 'x');
      return true;
    };
    await expect(downloadPretrained(NAME, { cacheDir })).rejects.toThrow(
      'org/tiny/model.safetensors: expected 300000 bytes, got more.',
    );
  });

  test('429 and 503 are asked again, when the hub says so', async () => {
    const answers = [
      [429, { 'retry-after': '0' }],
      [503, {}],
      [500, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
    ] as [number, Record<string, string>][];
    hub.mischief = (_, response) => {
      const answer = answers.shift();
      if (answer) response.writeHead(...answer).end();
      return answer !== undefined;
    };
    await downloadPretrained(NAME, { cacheDir });
    expect(readFileSync(weightsFile()).equals(WEIGHTS)).toBe(true);
  });

  test('what does not end is an error that says so', async () => {
    hub.mischief = (_, response) => !!response.writeHead(429, { 'retry-after': '0' }).end();
    await expect(downloadPretrained(NAME, { cacheDir, retries: 2 })).rejects.toThrow(
      'org/tiny: expected an answer, got HTTP 429. Too many requests: wait some minutes, or pass a token.',
    );
    expect(hub.log).toHaveLength(3);
    hub.mischief = (_, response) => !!response.writeHead(429, { 'retry-after': '3600' }).end();
    await expect(downloadPretrained(NAME, { cacheDir })).rejects.toThrow('Too many requests');
    hub.mischief = (_, response) => !!response.writeHead(502).end();
    await expect(downloadPretrained(NAME, { cacheDir, retries: 0 })).rejects.toThrow(
      `org/tiny: expected an answer of ${hub.url}, got HTTP 502. Check the network (HF_ENDPOINT names another hub) and start again: what has been fetched is kept.`,
    );
    hub.mischief = (_, response) => !!response.end('<html>Please log in to our wireless network</html>');
    await expect(downloadPretrained(NAME, { cacheDir })).rejects.toThrow('got what is no answer (');
  });

  test('a connection that stays cut keeps what has come', async () => {
    cutAfter(100_000, 0);
    await expect(downloadPretrained(NAME, { cacheDir, retries: 0 })).rejects.toThrow(
      /^org\/tiny\/model\.safetensors: expected an answer of .*, got a connection that ends early \(/,
    );
    const left = readdirSync(join(repository(), 'blobs')).filter((name) => name.endsWith('.incomplete'));
    expect(left).toHaveLength(1);
    hub.mischief = undefined;
    await downloadPretrained(NAME, { cacheDir });
    expect(hub.log.at(-1)).toBe('cdn /model.safetensors bytes=100000-');
  });

  test('a connection without a byte counts as cut', async () => {
    let silent = 2;
    hub.mischief = (request, response) => {
      if (request.url !== '/model.safetensors' || silent-- <= 0) return false;
      if (silent === 1)
        response.writeHead(200, { 'content-length': WEIGHTS.length }).write(WEIGHTS.subarray(0, 10));
      return true;
    };
    await downloadPretrained(NAME, { cacheDir, timeout: 300 });
    expect(readFileSync(weightsFile()).equals(WEIGHTS)).toBe(true);
  });

  test('it can be ended, and goes on from there', async () => {
    const controller = new AbortController();
    hub.mischief = (request, response) => {
      if (request.url !== '/model.safetensors') return false;
      response.writeHead(200, { 'content-length': WEIGHTS.length }).write(WEIGHTS.subarray(0, 1000));
      return true;
    };
    const progress = ({ file, received }: DownloadProgress) => {
      if (file === 'model.safetensors' && received === 1000) controller.abort(new Error('enough'));
    };
    await expect(downloadPretrained(NAME, { cacheDir, progress, signal: controller.signal })).rejects.toThrow(
      /^enough$/,
    );
    hub.mischief = undefined;
    await downloadPretrained(NAME, { cacheDir });
    expect(hub.log.at(-1)).toBe('cdn /model.safetensors bytes=1000-');
  });
});

describe('two at once', () => {
  test('in one process fetch a file once', async () => {
    const folders = await Promise.all([1, 2, 3].map(() => downloadPretrained(NAME, { cacheDir })));
    expect(new Set(folders).size).toBe(1);
    expect(readFileSync(weightsFile()).equals(WEIGHTS)).toBe(true);
    expect(hub.log.filter((line) => line.startsWith('cdn'))).toHaveLength(1);
  });

  test('in several processes leave whole files', async () => {
    const script = join(import.meta.dirname, '__fixtures__', 'download.ts');
    const run = join(import.meta.dirname, '..', '..', '..', '..', 'scripts', 'run.mjs');
    cutAfter(50_000, 50_000, 50_000);
    const processes = [1, 2].map(() => promisify(execFile)(process.execPath, [run, script, NAME, cacheDir]));
    for (const { stdout } of await Promise.all(processes)) expect(stdout.trim()).toBe(snapshot());
    expect(readFileSync(weightsFile()).equals(WEIGHTS)).toBe(true);
    expect(readdirSync(join(repository(), 'blobs'))).toHaveLength(2);
  });
});

describe('who may read', () => {
  test('the token goes to the hub and not to the CDN', async () => {
    await start(FILES, 'hf_mine');
    await downloadPretrained(NAME, { cacheDir, token: 'hf_mine' });
    expect(hub.cdnSaw).toEqual([undefined]);
    rmSync(repository(), { recursive: true });
    vi.stubEnv('HF_TOKEN', 'hf_mine');
    await downloadPretrained(NAME, { cacheDir });
    rmSync(repository(), { recursive: true });
    vi.stubEnv('HF_TOKEN', '');
    writeFileSync(join(cacheDir, 'token'), 'hf_mine\n');
    await downloadPretrained(NAME, { cacheDir });
  });

  test('a gated repository says where its conditions are', async () => {
    await start(FILES, 'hf_mine');
    const message = `org/tiny: expected access to a gated repository, got HTTP 401 (Access to model org/tiny is restricted.). Accept its conditions on ${hub.url}/org/tiny, and pass the token of that account (token or HF_TOKEN).`;
    for (const token of [false, 'hf_other'] as const) {
      await expect(downloadPretrained(NAME, { cacheDir, token })).rejects.toThrow(message);
    }
  });

  test.each<[number, Record<string, string>, string | false, string]>([
    [401, {}, 'hf_old', 'expected a valid token, got HTTP 401. Make a new one on'],
    [
      401,
      {},
      false,
      'expected a repository that exists, got HTTP 401. Check the name and the folder; if it is private, pass a token (token or HF_TOKEN).',
    ],
    [404, {}, 'hf_x', 'if it is private, pass a token with access to it.'],
    [
      403,
      {},
      'hf_x',
      'expected the right to read, got HTTP 403. Give your token the right to read this repository.',
    ],
    [403, { 'x-error-code': 'GatedRepo' }, 'hf_x', 'expected access to a gated repository, got HTTP 403.'],
    [418, { 'x-error-message': 'tea' }, false, 'expected an answer, got HTTP 418 (tea). Look at'],
  ])('%i with %j and token %j', async (status, headers, token, message) => {
    hub.mischief = (_, response) => !!response.writeHead(status, headers).end();
    await expect(downloadPretrained(NAME, { cacheDir, token })).rejects.toThrow(message);
  });

  test('a token that is none is not sent', async () => {
    await expect(downloadPretrained(NAME, { cacheDir, token: 'hf_a b\n' })).rejects.toThrow(
      'token: expected an access token such as hf_abc, got one with spaces or signs that no token has.',
    );
  });

  test('what does not exist is named', async () => {
    await expect(downloadPretrained('org/none', { cacheDir })).rejects.toThrow(
      'org/none: expected a repository that exists, got HTTP 401 (Invalid username or password.).',
    );
    await expect(downloadPretrained(NAME, { cacheDir, revision: 'v9' })).rejects.toThrow(
      'org/tiny: expected revision v9, got HTTP 404 (Invalid rev id: v9). Pass a branch, a tag or a commit of the repository.',
    );
  });
});

describe('without the network', () => {
  test.each(['option', 'environment'])('the cache serves, by %s', async (way) => {
    await downloadPretrained(NAME, { cacheDir });
    hub.log.length = 0;
    if (way === 'environment') vi.stubEnv('HF_HUB_OFFLINE', '1');
    const offline = way === 'option' ? { localFilesOnly: true } : {};
    expect(await downloadPretrained(NAME, { cacheDir, ...offline })).toBe(snapshot());
    expect(await downloadPretrained(NAME, { cacheDir, revision: COMMIT, ...offline })).toBe(snapshot());
    expect(hub.log).toEqual([]);
    await expect(downloadPretrained(NAME, { cacheDir, revision: 'v1', ...offline })).rejects.toThrow(
      `org/tiny at v1: expected a copy in ${cacheDir}, as the network is not to be used, got none. Fetch it once without localFilesOnly and HF_HUB_OFFLINE`,
    );
    await expect(downloadPretrained('org/none', { cacheDir, ...offline })).rejects.toThrow(TenonError);
  });

  test('files that were never fetched are missed', async () => {
    await downloadSnapshot(NAME, { cacheDir, allowPatterns: ['config.json'] });
    await expect(downloadPretrained(NAME, { cacheDir, localFilesOnly: true })).rejects.toThrow(
      'org/tiny: expected the weights as model.safetensors, got none in',
    );
  });

  test('a hub that is away is no obstacle to what is there', async () => {
    await downloadPretrained(NAME, { cacheDir });
    await hub.close();
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(await downloadPretrained(NAME, { cacheDir })).toBe(snapshot());
    expect(warned.mock.calls[0]![0]).toContain(
      `org/tiny: expected an answer of ${hub.url}, got fetch failed (`,
    );
    await expect(downloadPretrained(NAME, { cacheDir, revision: 'v1', retries: 0 })).rejects.toThrow(
      'got fetch failed (',
    );
  });

  test('a refusal is one, whatever the cache has', async () => {
    await downloadPretrained(NAME, { cacheDir });
    hub.mischief = (_, response) => !!response.writeHead(403).end();
    await expect(downloadPretrained(NAME, { cacheDir })).rejects.toThrow(
      'expected the right to read, got HTTP 403',
    );
  });
});
