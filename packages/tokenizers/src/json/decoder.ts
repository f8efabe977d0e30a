import {
  bpe,
  byteFallback,
  byteLevel,
  ctc,
  fuse,
  metaspace,
  replace,
  strip,
  wordPiece,
} from '../decoders/decoders.ts';
import { type Decoder, sequence } from '../decoders/stage.ts';
import { JsonFields, unknownType } from './fields.ts';
import { matcherOf, readPattern } from './pattern.ts';
import { readByteLevel, readMetaspace } from './pre-tokenizer.ts';

const KNOWN = [
  'BPEDecoder',
  'ByteFallback',
  'ByteLevel',
  'CTC',
  'Fuse',
  'Metaspace',
  'Replace',
  'Sequence',
  'Strip',
  'WordPiece',
];

/** Reads and compiles a `decoder`. */
export function readDecoder(value: unknown, path: string): Decoder {
  const fields = new JsonFields(value, path);
  const decoder = read(fields, path);
  fields.end();
  return decoder;
}

function read(fields: JsonFields, path: string): Decoder {
  const type = fields.get('type');
  switch (type) {
    case 'Sequence':
      return sequence(fields.array('decoders').map((step, i) => readDecoder(step, `${path}.decoders[${i}]`)));
    case 'ByteLevel':
      readByteLevel(fields);
      return byteLevel;
    case 'WordPiece':
      return wordPiece(fields.string('prefix', '##'), fields.boolean('cleanup', true));
    case 'Metaspace':
      return metaspace(readMetaspace(fields));
    case 'BPEDecoder':
      return bpe(fields.string('suffix', '</w>'));
    case 'ByteFallback':
      return byteFallback;
    case 'Fuse':
      return fuse;
    case 'Strip':
      return strip(fields.string('content'), fields.count('start', 0), fields.count('stop', 0));
    case 'Replace': {
      const pattern = readPattern(fields.get('pattern'), fields.at('pattern'));
      return replace(matcherOf(pattern, fields.at('pattern')), fields.string('content'));
    }
    case 'CTC':
      return ctc(
        fields.string('pad_token', '<pad>'),
        fields.string('word_delimiter_token', '|'),
        fields.boolean('cleanup', true),
      );
    default:
      throw unknownType(fields.at('type'), KNOWN, type);
  }
}
