import fc from 'fast-check';

/** What a text becomes on its way through UTF-8. */
export function wellFormed(text: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text));
}

/** Texts made of what tokenizers trip over, lone surrogates included. */
export const trickyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        '  ',
        '\n',
        '\t',
        '\r\n',
        '\u0085',
        '\u00a0',
        '\u2028',
        '\u3000',
        '\ufeff',
        '\u001c',
      ),
      fc.constantFrom("'s", "'S", "'ll", "'re", "'r", "'", 'the', 'THE', 'to be', '12', '½', '²', '٣', 'Ⅷ'),
      fc.constantFrom(
        'é',
        'e\u0301',
        '中文',
        'हिन्दी',
        '👩‍👩‍👧',
        '😀',
        '\u{10ffff}',
        '\ud800',
        '\udc00',
        '�',
        '\0',
      ),
      fc.constantFrom('<|endoftext|>', '<|', '__proto__', 'constructor', '"\\', '!!!', 'a'.repeat(200)),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

/** One of each trap, for tests that want no randomness. */
export const SAMPLES: readonly string[] = [
  '',
  ' ',
  'To be, or not to be: that is the question.',
  "'sam I'LL we'll they're",
  'a  b\n\n  c\t \r\n',
  'x\u0085y\ufeffz\u00a0\u2028\u3000',
  '½ ² ٣ Ⅷ 123abc',
  'é e\u0301 中文字符 हिन्दी العربية',
  '👩‍👩‍👧 😀\u{10ffff}',
  'lone \ud800 and \udc00 surrogates \udc00\ud800',
  '\ufeffstarts with a byte order mark',
  'ends with <|endoftext|>',
  '__proto__ constructor toString',
  'a'.repeat(1000),
];
