import { parseArgs } from 'node:util';
import { trainBPE } from '../bpe/train.ts';
import { trainByteLevelBPE } from '../byte-level/train.ts';
import { trainCharTokenizer } from '../char/train.ts';
import { writeFileAtomically } from '../node/atomic.ts';
import type { Tokenizer } from '../tokenizer.ts';
import type { Ties } from '../training/merge-learner.ts';
import type { TrainingOptions, TrainingProgress } from '../training/options.ts';
import { trainUnigram } from '../unigram/train.ts';
import { trainWordLevel } from '../word-level/train.ts';
import { trainWordPiece } from '../word-piece/train.ts';
import { oneOf, textsOf, wholeNumber } from './arguments.ts';
import type { Command } from './context.ts';

const TYPES = ['byte-level', 'bpe', 'wordpiece', 'unigram', 'words', 'characters'] as const;
const TIES: readonly [Ties, ...Ties[]] = ['smallestPair', 'firstSeen', 'largestPair'];

type TrainerType = (typeof TYPES)[number];

const HELP = `Learns a tokenizer from text files, a line a text, and writes its tokenizer.json.

  npx @tenon/tokenizers train [FILE...] [options]

  --type TYPE           ${TYPES.join(', ')} (byte-level)
  --size N              ids, special tokens included (30000)
  --min-frequency N     rarer pairs are not merged, rarer words left out (2)
  --special TOKEN       a special token; again for more
  --cased               wordpiece: keep case and accents
  --ties RULE           among equally frequent pairs: ${TIES.join(', ')}
  --output FILE, -o     where to write; - is the standard output (tokenizer.json)

Without files, or with -, the text is read from the standard input.
`;

export const train: Command = {
  help: HELP,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        type: { type: 'string', default: TYPES[0] },
        size: { type: 'string', default: '30000' },
        'min-frequency': { type: 'string', default: '2' },
        special: { type: 'string', multiple: true },
        cased: { type: 'boolean', default: false },
        ties: { type: 'string', default: TIES[0] },
        output: { type: 'string', short: 'o', default: 'tokenizer.json' },
      },
    });
    const isTTY = context.stderr.isTTY === true;
    const tokenizer = await learn(textsOf(positionals, context), {
      type: oneOf('--type', values.type, TYPES),
      ties: oneOf('--ties', values.ties, TIES),
      lowercase: !values.cased,
      vocabularySize: wholeNumber('--size', values.size),
      minFrequency: wholeNumber('--min-frequency', values['min-frequency']),
      ...(values.special === undefined ? {} : { specialTokens: values.special }),
      signal: context.signal,
      ...(isTTY ? { onProgress: (progress) => context.stderr.write(`\r${describe(progress)}`) } : {}),
    });
    if (isTTY) context.stderr.write('\n');
    context.signal.throwIfAborted();
    const json = `${JSON.stringify(tokenizer, null, 2)}\n`;
    if (values.output === '-') context.stdout.write(json);
    else {
      await writeFileAtomically(values.output, json);
      context.stderr.write(`${values.output}: ${tokenizer.vocabularySize} ids\n`);
    }
  },
};

interface LearnOptions extends TrainingOptions {
  readonly type: TrainerType;
  readonly ties: Ties;
  readonly lowercase: boolean;
  readonly minFrequency: number;
  readonly specialTokens?: readonly string[];
}

async function learn(texts: AsyncIterable<string[]>, options: LearnOptions): Promise<Tokenizer> {
  switch (options.type) {
    case 'byte-level':
      return trainByteLevelBPE(texts, options);
    case 'bpe':
      return trainBPE(texts, options);
    case 'wordpiece':
      return trainWordPiece(texts, options);
    case 'unigram':
      return trainUnigram(texts, options);
    case 'words':
      return trainWordLevel(texts, options);
    case 'characters':
      return trainCharTokenizer(texts, options);
  }
}

function describe(progress: TrainingProgress): string {
  switch (progress.stage) {
    case 'reading':
      return `read ${progress.texts} lines, ${progress.words} distinct words `;
    case 'merging':
      return `learned ${progress.merges} of ${progress.total} merges          `;
    case 'pruning':
      return `${progress.pieces} pieces, down to ${progress.total}            `;
  }
}
