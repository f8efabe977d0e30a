import { bertTokenizer, type Tokenizer } from '@tenon/tokenizers';

const WORDS = '[PAD] [UNK] [CLS] [SEP] [MASK] a b c d e f x ##y ##z to tai ##pei go';

/** `[PAD]` 0, `[UNK]` 1, `[CLS]` 2, `[SEP]` 3, `[MASK]` 4, the letters a to f from 5 on, x 11, ##y 12, ##z 13, to 14, tai 15, ##pei 16, go 17. */
export const tinyBert: Tokenizer = bertTokenizer({
  vocabulary: new Map(WORDS.split(' ').map((word, id) => [word, id])),
});
