import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { tellStories } from './corpus/corpus.ts';

const LAUNCHER = fileURLToPath(new URL('../../../scripts/run.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** Small enough for seconds, and everything happens several times. */
const TINY = [
  ...'--data stories.txt --prompt Once --vocabulary 300'.split(' '),
  ...'--layers 1 --width 16 --heads 2 --context 16 --batch 4 --steps 16'.split(' '),
];
const SLOW = 240_000; // tests share two cores with others

const root = mkdtempSync(join(tmpdir(), 'tenon-pretrain-'));
writeFileSync(join(root, 'stories.txt'), tellStories(1, 60_000).train.join('\n'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

interface Interruption {
  /** What the program must have said. */
  readonly after: string;
  readonly signal: NodeJS.Signals;
  readonly to: 'launcher' | 'group';
}

/** Runs the example as `npm start` does. */
function start(args: readonly string[], interruption?: Interruption): Promise<Ended> {
  const child = spawn(process.execPath, [LAUNCHER, MAIN, ...args], { cwd: root, detached: true });
  let [output, errors, sent] = ['', '', false];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (interruption === undefined || sent || !output.includes(interruption.after)) return;
    sent = true;
    process.kill(interruption.to === 'group' ? -child.pid! : child.pid!, interruption.signal);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output, errors })));
}

/** One line that says what is wrong, without a stack. */
function expectComplaint({ code, errors }: Ended, message: string | RegExp): void {
  expect(errors).toMatch(message);
  expect(errors.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(1);
}

function metricsOf(folder: string): object[] {
  const lines = readFileSync(join(root, folder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => ({ ...JSON.parse(line), seconds: undefined }));
}

const weightsOf = (folder: string): Buffer => readFileSync(join(root, folder, 'model.safetensors'));

describe('a run', () => {
  it(
    'trains, checks itself, writes a report, and is written with',
    async () => {
      const trained = await start(['--short', '--out', 'whole']);
      expect(trained.errors).toBe('');
      expect(trained.output).toMatch(/baseline +4-gram, Kneser-Ney: validation loss \d\.\d+/);
      expect(trained.output).toMatch(/before: The Silver Kettle.*at step \d+: The.*after: The/s);
      expect(trained.output).toMatch(/this model +\d+\.\d+ +\d+\.\d+ +\d+\.\d+/);
      expect(trained.output).toContain('npm start -- --resume --steps 256 --out whole');
      expect(trained.output).toMatch(/short form passed/);
      expect(trained.code).toBe(0);
      expect(readdirSync(join(root, 'whole')).sort()).toEqual([
        'checkpoints',
        'config.json',
        'generation_config.json',
        'metrics.jsonl',
        'model.safetensors',
        'report.html',
        'run.json',
        'text-train.txt',
        'text-validation.txt',
        'tokenizer.json',
      ]);

      const args = ['sample', '--out', 'whole', '--prompt', 'The train', '--tokens', '20'];
      const [once, again] = [await start(args), await start(args)];
      expect(once.output.startsWith('The train')).toBe(true);
      expect(once.output.length).toBeGreaterThan('The train\n'.length);
      expect(again.output).toBe(once.output);

      expectComplaint(
        await start(['--short', '--out', 'whole']),
        /expected a folder without a run, got one that holds a run already/,
      );
    },
    SLOW,
  );

  it.skipIf(process.platform === 'win32')(
    'is stopped by signals and resumed, and ends as if nothing had been',
    async () => {
      expect((await start([...TINY, '--out', 'left-alone'])).code).toBe(0);
      const stopped = await start([...TINY, '--out', 'stopped'], {
        after: 'at step 4:',
        signal: 'SIGINT',
        to: 'group',
      });
      expect(stopped.output).toMatch(/stopped after step \d+ of 16; it is all saved in stopped/);
      expect(stopped.output).toContain('npm start -- --resume --out stopped');
      expect(stopped.code).toBe(130);
      expect(existsSync(join(root, 'stopped/report.html'))).toBe(true);

      const again = await start(['--resume', '--out', 'stopped'], {
        after: 'at step 10:',
        signal: 'SIGTERM',
        to: 'group',
      });
      expect(again.code).toBe(143);
      const once = await start(['--resume', '--out', 'stopped'], {
        after: 'at step 14:',
        signal: 'SIGTERM',
        to: 'launcher',
      });
      expect(once.code).toBe(143);
      expect((await start(['--resume', '--out', 'stopped'])).code).toBe(0);

      expect(metricsOf('stopped')).toEqual(metricsOf('left-alone'));
      expect(weightsOf('stopped').equals(weightsOf('left-alone'))).toBe(true);

      const longer = await start(['--resume', '--steps', '20', '--out', 'stopped']);
      expect(longer.output).toContain('after: Once');
      expectComplaint(
        await start(['--resume', '--steps', '10', '--out', 'stopped']),
        /--steps: expected at least the 20 of the run in stopped, got 10\./,
      );
    },
    SLOW,
  );
});

describe('what goes wrong is said in a line', () => {
  it(
    'about the text, before anything is written',
    async () => {
      expectComplaint(
        await start(['--data', 'nowhere.txt', '--out', 'new']),
        /^error: --data nowhere\.txt: expected a text file, got no such file\./,
      );
      writeFileSync(join(root, 'note.txt'), 'Three words only.');
      expectComplaint(
        await start(['--data', 'note.txt', '--out', 'new']),
        /^error: --data note\.txt: expected at least a few hundred words/,
      );
      expect(existsSync(join(root, 'new'))).toBe(false);
    },
    SLOW,
  );

  it(
    'about folders that hold something else, or nothing',
    async () => {
      mkdirSync(join(root, 'mine'));
      writeFileSync(join(root, 'mine/letter.txt'), 'keep me');
      expectComplaint(
        await start(['--overwrite', '--out', 'mine']),
        /--out mine: expected a new or an empty folder, got one with other files\./,
      );
      expect(readdirSync(join(root, 'mine'))).toEqual(['letter.txt']);
      expectComplaint(
        await start(['--resume', '--out', 'nothing']),
        /--resume from nothing: expected a run .*, got no such folder\./,
      );
      expectComplaint(
        await start(['sample', '--out', 'nothing']),
        /tokenizer\.json: expected the byte-BPE vocabulary/,
      );
    },
    SLOW,
  );

  it(
    'about checkpoints that are damaged or foreign',
    async () => {
      const own = 'A line about a cat and a line about a dog.\n'.repeat(200);
      writeFileSync(join(root, 'own.txt'), own);
      await start([...TINY, '--data', 'own.txt', '--out', 'damaged']);
      writeFileSync(join(root, 'own.txt'), 'Another text.\n'.repeat(400));
      expectComplaint(
        await start(['--resume', '--out', 'damaged']),
        /expected the text that the run began with/,
      );

      writeFileSync(join(root, 'own.txt'), own);
      const checkpoints = join(root, 'damaged/checkpoints');
      for (const name of readdirSync(checkpoints)) {
        writeFileSync(join(checkpoints, name, 'weights.safetensors'), 'no tensors');
      }
      const resumed = await start(['--resume', '--steps', '20', '--out', 'damaged']);
      expect(resumed.output).toMatch(/step-00000016 is damaged .*passed over/);
      expectComplaint(resumed, /expected a checkpoint step-\* that is whole, got none/);
    },
    SLOW,
  );

  it(
    'about a loss that is no number, and keeps the last good checkpoint',
    async () => {
      const failed = await start([...TINY, '--steps', '8', '--learning-rate', '1e8', '--out', 'steep']);
      expectComplaint(failed, /expected a finite number, got (NaN|Infinity)\..*Lower the learning rate/);
      expect(readdirSync(join(root, 'steep/checkpoints'))).toEqual(['step-00000001']);
    },
    SLOW,
  );

  it(
    'about a full disk (where a small one can be mounted)',
    async ({ skip }) => {
      const disk = join(root, 'disk');
      if (!mountSmallDisk(disk)) skip('needs root on Linux, and the right to mount');
      try {
        const failed = await start(['--short', '--out', 'disk/run']);
        expectComplaint(failed, /got ENOSPC: no space left on device/);
      } finally {
        execFileSync('umount', [disk]);
      }
    },
    SLOW,
  );
});

function mountSmallDisk(folder: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // a container without the right to mount
  }
}
