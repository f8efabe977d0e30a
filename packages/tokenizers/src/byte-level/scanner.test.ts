import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trickyText, wellFormed } from '../__fixtures__/texts.ts';
import { characterClasses, LETTER, NUMBER, SPACE } from '../unicode/classes.ts';
import { emptyPieces, scanPieces } from './scanner.ts';
import { Utf8Feed } from './utf8-feed.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function piecesOf(text: string): string[] {
  const bytes = encoder.encode(text);
  const pieces = emptyPieces();
  scanPieces(bytes, bytes.length, true, pieces);
  return cut(bytes, pieces.ends.subarray(0, pieces.count));
}

function cut(bytes: Uint8Array, ends: Int32Array): string[] {
  return Array.from(ends, (end, i) => decoder.decode(bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end)));
}

/** GPT-2's own expression, each character replaced by a stand-in of its class so that `\s` means what it should. */
function piecesByExpression(text: string): string[] {
  const classes = characterClasses();
  const characters = Array.from(wellFormed(text));
  const standIns = characters.map((character) => {
    if (/^[ '\x41-\x5a\x61-\x7a]$/.test(character)) return character;
    const kind = classes[character.codePointAt(0)!];
    if (kind === LETTER) return 'x';
    if (kind === NUMBER) return '1';
    return kind === SPACE ? '\n' : '!';
  });
  const pattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
  return Array.from(standIns.join('').matchAll(pattern), ({ 0: match, index }) =>
    characters.slice(index, index + match.length).join(''),
  );
}

describe('scanPieces', () => {
  test('words keep the blank before them', () => {
    expect(piecesOf('Hello, world 42 times!')).toEqual(['Hello', ',', ' world', ' 42', ' times', '!']);
  });

  test('contractions are lower case only and match before any letter', () => {
    expect(piecesOf("'sam I'LL we'll he'd've 're' 'r")).toEqual([
      ...["'s", 'am', ' I', "'", 'LL', ' we', "'ll", ' he', "'d", "'ve", " '", 're', "'", " '", 'r'],
    ]);
  });

  test('white space leaves its last blank to the word: \\s+(?!\\S)', () => {
    expect(piecesOf('a   b')).toEqual(['a', '  ', ' b']);
    expect(piecesOf('a \n\nb')).toEqual(['a', ' \n', '\n', 'b']);
    expect(piecesOf('a\n b')).toEqual(['a', '\n', ' b']);
    expect(piecesOf('a   ')).toEqual(['a', '   ']);
  });

  test('U+0085 is white space and U+FEFF is not', () => {
    expect(piecesOf('a\u0085\u0085b')).toEqual(['a', '\u0085', '\u0085', 'b']);
    expect(piecesOf('a \ufeffb')).toEqual(['a', ' \ufeff', 'b']);
  });

  test('numbers of any script stand apart from letters', () => {
    expect(piecesOf('x²½y٣中文Ⅷ')).toEqual(['x', '²½', 'y', '٣', '中文', 'Ⅷ']);
  });

  test('cuts as GPT-2’s regular expression', () => {
    fc.assert(
      fc.property(trickyText, (text) => {
        expect(piecesOf(text)).toEqual(piecesByExpression(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('a piece that more text could change waits for it, wherever the text is cut', () => {
    fc.assert(
      fc.property(trickyText, fc.nat(), (text, at) => {
        const characters = Array.from(wellFormed(text));
        const head = encoder.encode(characters.slice(0, at % (characters.length + 1)).join(''));
        const pieces = emptyPieces();
        const done = scanPieces(head, head.length, false, pieces);
        const certain = cut(head, pieces.ends.subarray(0, pieces.count));
        expect(certain).toEqual(piecesOf(text).slice(0, certain.length));
        expect(done).toBe(encoder.encode(certain.join('')).length);
      }),
      { numRuns: 500 },
    );
  });

  test('equal pieces have equal hashes wherever they stand', () => {
    const bytes = encoder.encode(" the the\n\n 中 中'll'll");
    const pieces = emptyPieces();
    scanPieces(bytes, bytes.length, true, pieces);
    const hashes = new Map<string, number>();
    for (const [i, piece] of cut(bytes, pieces.ends.subarray(0, pieces.count)).entries()) {
      expect(hashes.get(piece) ?? pieces.hashes[i]).toBe(pieces.hashes[i]);
      hashes.set(piece, pieces.hashes[i]!);
    }
    expect(hashes.size).toBeLessThan(pieces.count);
  });
});

describe('Utf8Feed', () => {
  test('a long text in many chunks has the pieces of the whole', () => {
    const paragraph = "It's 12 o'clock;  中文 😀\u0085 and so\n\n";
    const words = 'w'.repeat(40_000);
    for (const text of [
      paragraph.repeat(3000),
      ` ${words} ${words}`,
      '😀'.repeat(20_000),
      `x${'😀'.repeat(20_000)}`,
    ]) {
      const found: string[] = [];
      new Utf8Feed(scanPieces).forEachBatch(text, '', (bytes, { ends, count }) => {
        found.push(...cut(bytes, ends.subarray(0, count)));
      });
      expect(found).toEqual(piecesOf(text));
    }
  });

  test('a lone surrogate becomes U+FFFD, also where a chunk ends', () => {
    for (const before of [0, 16_383, 16_384]) {
      const text = `${'a'.repeat(before)}\ud800b\udc00`;
      const found: string[] = [];
      new Utf8Feed(scanPieces).forEachBatch(text, '', (bytes, { ends, count }) => {
        found.push(...cut(bytes, ends.subarray(0, count)));
      });
      expect(found.join('')).toBe(`${'a'.repeat(before)}\ufffdb\ufffd`);
    }
  });
});
