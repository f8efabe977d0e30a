import { parseArgs } from 'node:util';
import { TokenizerError } from '../errors.ts';
import { loadTokenizer } from '../node/folder.ts';
import type { EncodeOptions, Tokenizer } from '../tokenizer.ts';
import { oneOf, textsOf } from './arguments.ts';
import type { Command } from './context.ts';

const FORMATS = ['ids', 'tokens', 'json', 'count'] as const;

const HELP = `Encodes text, a line at a time, and prints a line each.

  npx @tenon/tokenizers encode [FILE...] --tokenizer PATH [options]

  --tokenizer PATH, -t  a tokenizer.json, or a folder with one or with vocab.json and merges.txt
  --format FORMAT       ids, tokens, json (ids, tokens and offsets), count (ids)
  --no-template         without the tokens of the template, such as [CLS] and [SEP]
  --special             find special tokens in the text, which are text otherwise

Without files, or with -, the text is read from the standard input.
`;

export const encode: Command = {
  help: HELP,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        tokenizer: { type: 'string', short: 't' },
        format: { type: 'string', default: FORMATS[0] },
        'no-template': { type: 'boolean', default: false },
        special: { type: 'boolean', default: false },
      },
    });
    const format = oneOf('--format', values.format, FORMATS);
    if (values.tokenizer === undefined) {
      throw new TokenizerError(
        '--tokenizer: expected a tokenizer.json or a folder, got nothing. Do: encode --help.',
      );
    }
    const tokenizer = await loadTokenizer(values.tokenizer);
    const options = {
      addSpecialTokens: !values['no-template'],
      ...(values.special ? { allowedSpecial: 'all' as const } : {}),
    };
    for await (const lines of textsOf(positionals, context)) {
      context.signal.throwIfAborted();
      for (const line of lines) context.stdout.write(`${encodeLine(tokenizer, line, format, options)}\n`);
    }
  },
};

function encodeLine(
  tokenizer: Tokenizer,
  line: string,
  format: (typeof FORMATS)[number],
  options: EncodeOptions,
): string {
  const text = line.replace(/\r?\n$/, '');
  switch (format) {
    case 'ids':
      return tokenizer.encodeIds(text, options).join(' ');
    case 'count':
      return String(tokenizer.countTokens(text, options));
    case 'tokens':
      return JSON.stringify(tokenizer.encode(text, options).tokens);
    case 'json': {
      const { ids, tokens, offsets } = tokenizer.encode(text, options);
      return JSON.stringify({ ids: [...ids], tokens, offsets });
    }
  }
}
