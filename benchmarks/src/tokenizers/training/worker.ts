// A training in a process of its own, which loads nothing else: its memory is measured.
import { readFileSync } from 'node:fs';
import { linesOf } from '@tenon/tokenizers/node';
import { trainByteLevelBPE } from '@tenon/tokenizers/training';
import { answer, type Job } from '../answer.ts';

const JOBS: Readonly<Record<string, Job>> = {
  /** Trains on a file to so many merges. */
  async 'train-tenon'(file, merges) {
    const tokenizer = await trainByteLevelBPE(linesOf(file!), {
      vocabularySize: 256 + Number(merges),
      minFrequency: 1,
    });
    return { merges: tokenizer.toVocabularyFiles().merges.trimEnd().split('\n').slice(1) };
  },
  /** The Rust trainer through its Node binding: in its file mode it takes its defaults, 30,000 ids. */
  async 'train-tokenizers'(file, saved) {
    const { BPE, byteLevelPreTokenizer, Tokenizer } = await import('tokenizers');
    const tokenizer = new Tokenizer(BPE.empty());
    tokenizer.setPreTokenizer(byteLevelPreTokenizer(false));
    tokenizer.train([file!]);
    tokenizer.save(saved!);
    const json = JSON.parse(readFileSync(saved!, 'utf8')) as { model: { merges: [string, string][] } };
    return { merges: json.model.merges.map((merge) => merge.join(' ')) };
  },
};

await answer(JOBS);
