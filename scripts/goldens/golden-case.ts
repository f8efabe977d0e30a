// One case of the goldens and its files. Every file and tensor that a family reads is noted, so that what nobody
// read can be reported instead of passing unseen.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openSafetensors, type SafetensorsFile } from '@tenon/checkpoints';
import { type StoredTensor, TenonError } from '@tenon/core';
import { Facts, readJson } from './facts.ts';

/** Files that no family has to read: what the case is, and its weights, which its model reads. */
const NOTED_ELSEWHERE = new Set(['meta.json', 'META.json', 'config.json', 'model.safetensors']);

/** Named tensors of one file, ticked off as they are taken. */
export class GoldenTensors {
  readonly #file: string;
  readonly #open: SafetensorsFile;
  readonly #left: Set<string>;

  private constructor(file: string, open: SafetensorsFile) {
    this.#file = file;
    this.#open = open;
    this.#left = new Set(open.weights.keys());
  }

  static open(file: string): GoldenTensors {
    return new GoldenTensors(file, openSafetensors(file));
  }

  get names(): string[] {
    return [...this.#open.weights.keys()];
  }

  /** The names that nobody took. */
  get left(): string[] {
    return [...this.#left];
  }

  has(name: string): boolean {
    return this.#open.weights.has(name);
  }

  take(name: string): { shape: readonly number[]; values: ArrayLike<number> } {
    const stored: StoredTensor | undefined = this.#open.weights.get(name);
    if (stored === undefined) {
      throw new TenonError({
        subject: this.#file,
        expected: `a tensor ${name}`,
        got: this.names.slice(0, 8).join(', ') || 'an empty file',
        advice: 'Copy the golden again, or correct its name.',
      });
    }
    this.#left.delete(name);
    return { shape: stored.shape, values: stored.read() };
  }

  close(): void {
    this.#open.close();
  }
}

export class GoldenCase {
  /** The folder of the case, or the file of a case that is one file. */
  readonly path: string;
  /** How reports call it: its path below the folder that was searched. */
  readonly label: string;
  readonly family: string;
  readonly kind: string;
  /** `meta.json`, or the one file. */
  readonly facts: Facts;
  readonly #read = new Set<string>();
  readonly #open: { name: string; tensors: GoldenTensors }[] = [];

  constructor(path: string, label: string, facts: Facts) {
    this.path = path;
    this.label = label;
    this.family = facts.string('family');
    this.kind = facts.string('kind');
    this.facts = facts;
  }

  has(name: string): boolean {
    return existsSync(join(this.path, name));
  }

  async json(name: string): Promise<Facts> {
    this.#read.add(name);
    return Facts.read(join(this.path, name));
  }

  /** A file that is a list of objects. */
  async list(name: string): Promise<Facts[]> {
    this.#read.add(name);
    const file = join(this.path, name);
    return new Facts(file, { rows: await readJson(file) }).objects('rows');
  }

  /** The path of a file in another format, which the family reads. */
  file(name: string): string {
    this.#read.add(name);
    return join(this.path, name);
  }

  tensors(name: string): GoldenTensors {
    this.#read.add(name);
    const tensors = GoldenTensors.open(join(this.path, name));
    this.#open.push({ name, tensors });
    return tensors;
  }

  /**
   * The folder with the case's `config.json` and `model.safetensors`: its own, or the one that its field
   * `weights` names relative to the folder of all goldens, which is somewhere above.
   */
  get modelFolder(): string {
    if (!this.facts.has('weights')) return this.path;
    const wanted = this.facts.string('weights');
    for (let above = dirname(this.path); above !== dirname(above); above = dirname(above)) {
      if (existsSync(join(above, wanted, 'model.safetensors'))) return join(above, wanted);
    }
    throw new TenonError({
      subject: `${this.label}, weights`,
      expected: `a folder ${wanted} with model.safetensors in the goldens`,
      got: 'none above the case',
      advice: `Copy ${wanted} as well, beside the family of this case.`,
    });
  }

  /** Files that nobody read and tensors that nobody took. */
  get unread(): string[] {
    if (!statSync(this.path).isDirectory()) return [];
    const files = readdirSync(this.path).filter(
      (name) => !this.#read.has(name) && !NOTED_ELSEWHERE.has(name),
    );
    return [
      ...files.sort(),
      ...this.#open.flatMap(({ name, tensors }) => tensors.left.map((left) => `${name}: ${left}`)),
    ];
  }

  close(): void {
    for (const { tensors } of this.#open.splice(0)) tensors.close();
  }
}
