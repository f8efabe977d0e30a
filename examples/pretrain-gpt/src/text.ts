import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { TenonError } from '@tenon/core';
import { tellStories } from './corpus/corpus.ts';
import type { Settings } from './options.ts';

/** What is learned, and what is kept back to judge by. */
export interface Text {
  readonly train: readonly string[];
  readonly validation: readonly string[];
  /** For people. */
  readonly origin: string;
  /** What samples begin with, unless something else is asked for. */
  readonly prompt: string;
  /** SHA-256 of all of it. */
  readonly hash: string;
}

/** The last part of a file is kept for validation. */
const VALIDATION_SHARE = 0.05;

const MOST_BYTES = 256 * 2 ** 20;

/** @throws {TenonError} about a file that is not there, or not a text. */
export function readText({ data, seed, characters }: Settings): Text {
  if (data === undefined) {
    const { train, validation } = tellStories(seed, characters);
    return {
      train,
      validation,
      origin: `${train.length + validation.length} stories of its own`,
      prompt: 'The Silver Kettle\n',
      hash: sha256([...train, ...validation].join('\n')),
    };
  }
  const text = decode(data, readBytes(data));
  const border = wordBorder(text, Math.floor(text.length * (1 - VALIDATION_SHARE)));
  const validation = text.slice(border);
  const opening = validation.trimStart();
  return {
    train: [text.slice(0, border)],
    validation: [validation],
    origin: data,
    prompt: opening.slice(0, wordBorder(opening, 40)).trimEnd() || '\n',
    hash: sha256(text),
  };
}

/** The place after the last white space before `end`; in a script without, a place between two characters. */
function wordBorder(text: string, end: number): number {
  const line = text.slice(Math.max(end - LONGEST_WORD, 0), end);
  const word = /\S*$/.exec(line)![0];
  if (word.length < line.length) return end - word.length;
  const splitsCharacter = /[\uD800-\uDBFF]$/.test(line);
  return splitsCharacter ? end - 1 : end;
}

const LONGEST_WORD = 40;

function readBytes(file: string): Buffer {
  try {
    if (statSync(file).size <= MOST_BYTES) return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'no such file',
      EISDIR: 'a folder',
      EACCES: 'no permission to read it',
    };
    throw new TenonError(
      {
        subject: `--data ${file}`,
        expected: 'a text file',
        got: reasons[code ?? ''] ?? message,
        advice: 'Check the path; it is taken from the folder that the command runs in.',
      },
      { cause: error },
    );
  }
  throw new TenonError({
    subject: `--data ${file}`,
    expected: `at most ${MOST_BYTES / 2 ** 20} MB`,
    got: `${Math.ceil(statSync(file).size / 2 ** 20)} MB`,
    advice: 'This example keeps the text in memory: cut a piece off, with head -c for instance.',
  });
}

function decode(file: string, bytes: Buffer): string {
  const complain = (got: string, advice: string): TenonError =>
    new TenonError({ subject: `--data ${file}`, expected: 'a text in UTF-8', got, advice });
  if (bytes.length === 0)
    throw complain('an empty file', 'Choose a file with at least some kilobytes of text.');
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    throw complain(
      `a zero byte at offset ${zero}: a binary file`,
      'Extract the text first, or convert it from UTF-16.',
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw complain(
      'bytes that are not UTF-8',
      `Convert it: iconv -f WINDOWS-1252 -t UTF-8 ${file} > utf8.txt`,
    );
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
