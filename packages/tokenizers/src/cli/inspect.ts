import { parseArgs } from 'node:util';
import { TokenizerError } from '../errors.ts';
import { loadTokenizer } from '../node/folder.ts';
import type { Command } from './context.ts';

const HELP = `Describes a tokenizer, and shows how it cuts a text.

  npx @tenon/tokenizers inspect PATH [TEXT]

  PATH  a tokenizer.json, or a folder with one or with vocab.json and merges.txt
`;

/** The parts of a tokenizer.json that have a type, in the order in which they work. */
const PARTS = ['normalizer', 'pre_tokenizer', 'model', 'post_processor', 'decoder'] as const;

interface Part {
  readonly type: string;
}

export const inspect: Command = {
  help: HELP,
  async run(args, { stdout }) {
    const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
    const [path, text] = positionals;
    if (path === undefined || positionals.length > 2) {
      throw new TokenizerError(
        `arguments: expected a path and at most one text, got ${positionals.length}. Put quotes around the text.`,
      );
    }
    const tokenizer = await loadTokenizer(path);
    // The shape that every toJSON of this package writes.
    const json = tokenizer.toJSON() as Readonly<Partial<Record<(typeof PARTS)[number], Part | null>>>;
    for (const part of PARTS) stdout.write(`${part.padEnd(14)}  ${json[part]?.type ?? 'none'}\n`);
    stdout.write(`${'ids'.padEnd(14)}  ${tokenizer.vocabularySize}\n`);
    for (const { id, content, special } of tokenizer.addedTokens) {
      stdout.write(`${(special ? 'special' : 'added').padEnd(14)}  ${id} ${JSON.stringify(content)}\n`);
    }
    if (text === undefined) return;
    const { ids, tokens, offsets } = tokenizer.encode(text);
    stdout.write('\n');
    for (const [i, id] of ids.entries()) {
      const [start, end] = offsets[i]!;
      const slice = JSON.stringify(text.slice(start, end));
      stdout.write(`${String(id).padStart(8)}  ${tokens[i]!.padEnd(20)}  [${start}, ${end})  ${slice}\n`);
    }
  },
};
