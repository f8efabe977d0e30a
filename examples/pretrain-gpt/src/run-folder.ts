import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTextFile } from '@tenon/checkpoints';
import { type Json, TenonError } from '@tenon/core';
import type { ByteLevelBPETokenizer } from '@tenon/tokenizers';
import { DEFAULT_FOLDER, type Settings, SHORT, STANDARD, type TrainCommand } from './options.ts';
import type { Text } from './text.ts';

/** Everything that a run leaves in its folder, and that `--overwrite` deletes. */
const NAMES = {
  settings: 'run.json',
  train: 'text-train.txt',
  validation: 'text-validation.txt',
  tokenizer: 'tokenizer.json',
  checkpoints: 'checkpoints',
  metrics: 'metrics.jsonl',
  report: 'report.html',
  weights: 'model.safetensors',
  config: 'config.json',
  generation: 'generation_config.json',
} as const;

/** Holds the number of the process that is at work in the folder. */
const LOCK = '.running';

/** The content of `run.json`. */
interface RunRecord {
  readonly settings: Settings;
  /** Of the text that the run began with. */
  readonly textHash: string;
}

/** A run and the folder that it is kept in. Making one writes nothing yet; disposing lets others into the folder. */
export class Run implements Disposable {
  readonly folder: string;
  readonly settings: Settings;
  /** A run that was there before is gone on with. */
  readonly resumed: boolean;
  readonly #textHash: string | undefined;
  #locked = false;

  /** @throws {TenonError} when there is a run that must not be, or none that has to be. */
  constructor({ folder, resume, overwrite, short, said }: TrainCommand) {
    assertNobodyAtWork(folder);
    this.folder = folder;
    this.resumed = resume;
    if (resume) {
      const { settings, textHash } = readRecord(folder);
      this.settings = { ...settings, ...said };
      this.#textHash = textHash;
      if (this.settings.steps >= settings.steps) return;
      throw new TenonError({
        subject: '--steps',
        expected: `at least the ${settings.steps} of the run in ${folder}`,
        got: String(said.steps),
        advice: 'Leave --steps out to finish the run, or give more to train it longer.',
      });
    }
    this.settings = { ...(short ? SHORT : STANDARD), ...said };
    if (!existsSync(folder) || isEmpty(folder)) return;
    if (!existsSync(this.path('settings'))) {
      throw new TenonError({
        subject: `--out ${folder}`,
        expected: 'a new or an empty folder',
        got: 'one with other files',
        advice: 'Choose another: --out FOLDER.',
      });
    }
    if (!overwrite) {
      throw new TenonError({
        subject: `--out ${folder}`,
        expected: 'a folder without a run',
        got: 'one that holds a run already',
        advice: 'Go on with it (--resume), write elsewhere (--out FOLDER), or replace it (--overwrite).',
      });
    }
  }

  path(name: keyof typeof NAMES): string {
    return join(this.folder, NAMES[name]);
  }

  has(name: keyof typeof NAMES): boolean {
    return existsSync(this.path(name));
  }

  /** Whether there is something to go on from, whole or damaged: a run may have been killed before. */
  get hasCheckpoints(): boolean {
    return this.resumed && this.has('checkpoints') && !isEmpty(this.path('checkpoints'));
  }

  /**
   * Makes the folder and writes down what the run starts from; what an earlier run left goes.
   *
   * @throws {TenonError} when the text is not the one that the run began with.
   */
  async begin(text: Text, tokenizer: ByteLevelBPETokenizer): Promise<void> {
    this.#assertSameText(text);
    mkdirSync(this.folder, { recursive: true });
    assertNobodyAtWork(this.folder);
    writeFileSync(join(this.folder, LOCK), String(process.pid));
    this.#locked = true;
    if (!this.resumed) {
      for (const name of Object.values(NAMES))
        rmSync(join(this.folder, name), { recursive: true, force: true });
    }
    const record: RunRecord = { settings: this.settings, textHash: text.hash };
    await this.#writeJson('settings', record);
    await this.#writeJson('tokenizer', tokenizer);
    if (this.settings.data !== undefined) return; // the user has that text
    await writeTextFile(this.path('train'), text.train.join('\n\n'));
    await writeTextFile(this.path('validation'), text.validation.join('\n\n'));
  }

  [Symbol.dispose](): void {
    if (this.#locked) rmSync(join(this.folder, LOCK), { force: true });
    this.#locked = false;
  }

  async #writeJson(name: keyof typeof NAMES, value: object): Promise<void> {
    await writeTextFile(this.path(name), `${JSON.stringify(value, null, 2)}\n`);
  }

  #assertSameText({ hash, origin }: Text): void {
    if (this.#textHash === undefined || this.#textHash === hash) return;
    throw new TenonError({
      subject: `--resume from ${this.folder}`,
      expected: `the text that the run began with (SHA-256 ${this.#textHash.slice(0, 12)}…)`,
      got: `${origin} with ${hash.slice(0, 12)}…`,
      advice: 'Put the text back as it was, or start anew with --out FOLDER.',
    });
  }

  /** What must be the same in a checkpoint that the run goes on from. More steps may be made at any time. */
  identity(text: Text): Json {
    const { steps: _, ...settings } = this.settings;
    return { ...settings, textHash: text.hash };
  }

  /** A command line that concerns this run. */
  command(rest: string): string {
    const out = this.folder === DEFAULT_FOLDER ? '' : ` --out ${quoted(this.folder)}`;
    return `npm start -- ${rest}${out}`;
  }
}

function readRecord(folder: string): RunRecord {
  const file = join(folder, NAMES.settings);
  const complain = (got: string, cause?: unknown): TenonError =>
    new TenonError(
      {
        subject: `--resume from ${folder}`,
        expected: `a run that this example began, with its ${NAMES.settings}`,
        got,
        advice: 'Check --out FOLDER, or leave --resume out to start anew.',
      },
      { cause },
    );
  if (!existsSync(file)) throw complain(existsSync(folder) ? 'a folder without it' : 'no such folder');
  let record: Partial<RunRecord>;
  try {
    record = JSON.parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw complain(`a damaged one (${(error as Error).message})`, error);
  }
  const { settings, textHash } = record;
  const missing = Object.keys(STANDARD).find((name) => settings?.[name as keyof Settings] === undefined);
  if (settings === undefined || textHash === undefined || missing !== undefined) {
    throw complain(`one without ${missing ?? 'textHash'}`);
  }
  return { settings, textHash };
}

/** Two at work in one folder would write into each other's metrics. What a killed one left behind does not count. */
function assertNobodyAtWork(folder: string): void {
  const file = join(folder, LOCK);
  if (!existsSync(file)) return;
  const other = Number(readFileSync(file, 'utf8'));
  if (!isAlive(other)) return;
  throw new TenonError({
    subject: `--out ${folder}`,
    expected: 'a folder that no other run is at work in',
    got: `one in use by process ${other}`,
    advice: `Wait for it, stop it (kill ${other}), or choose another: --out FOLDER. If that is no run, delete ${file}.`,
  });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // alive, and somebody else's
  }
  return !isZombie(pid);
}

/** Killed, but not yet taken off the list by its parent: in a container without an init that can last for ever. */
function isZombie(pid: number): boolean {
  const status = `/proc/${pid}/stat`;
  return existsSync(status) && / Z /.test(readFileSync(status, 'utf8').replace(/^.*\)/, ''));
}

/** Names that begin with a dot are what a killed run left half-written, or the desktop's. */
const isEmpty = (folder: string): boolean => readdirSync(folder).every((name) => name.startsWith('.'));

/** For the shell, where a name needs it. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : JSON.stringify(text);
}
