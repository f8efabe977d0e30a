import { bytesOfToken } from '../byte-level/alphabet.ts';
import type { Matcher } from '../pipeline/splits.ts';
import type { MetaspaceOptions } from '../pre-tokenizers/metaspace.ts';
import { type Decoder, perToken } from './stage.ts';

const REPLACEMENT = '\ufffd';

/** Tokens with a blank between them: what a tokenizer without a decoder does. */
export const joinWithBlanks: Decoder = perToken((token, index) => (index === 0 ? token : ` ${token}`));

/** One text of all tokens. */
export const fuse: Decoder = { ...perToken((token) => token), fuses: true };

/** Bytes spelled in GPT-2's alphabet, to text; those that are no UTF-8 become U+FFFD. */
export const byteLevel: Decoder = {
  fuses: true,
  start() {
    const encoder = new TextEncoder();
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return {
      push(token, added, emit) {
        const bytes = (added ? undefined : bytesOfToken(token)) ?? encoder.encode(token);
        const text = decoder.decode(bytes, { stream: true });
        if (text !== '') emit(text, false);
      },
      end(emit) {
        const text = decoder.decode();
        if (text !== '') emit(text, false);
      },
    };
  },
};

/** `<0xE2>` and the like, to characters; a run of them that is not UTF-8 becomes one U+FFFD each. */
export const byteFallback: Decoder = {
  fuses: false,
  start() {
    let bytes: number[] = [];
    const flush = (emit: (token: string, added: boolean) => void): void => {
      if (bytes.length === 0) return;
      const text = decodeStrictly(Uint8Array.from(bytes));
      if (text !== undefined) emit(text, false);
      else for (const _ of bytes) emit(REPLACEMENT, false);
      bytes = [];
    };
    return {
      push(token, added, emit) {
        const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
        if (byte !== undefined && !added) {
          bytes.push(Number.parseInt(byte, 16));
          return;
        }
        flush(emit);
        emit(token, added);
      },
      end: flush,
    };
  },
};

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // not UTF-8
  }
}

/** Joins the pieces of words (`##ing`) and puts blanks between words. */
export function wordPiece(prefix: string, cleanup: boolean): Decoder {
  return perToken((token, index) => {
    const joined = index === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
    return cleanup ? cleanUp(joined) : joined;
  });
}

/** Takes away the blanks before punctuation and contractions that tokenization put there. */
export function cleanUp(text: string): string {
  return text
    .replaceAll(' .', '.')
    .replaceAll(' ?', '?')
    .replaceAll(' !', '!')
    .replaceAll(' ,', ',')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re");
}

/** Turns the visible blanks of SentencePiece back; the first token loses the one that was added. */
export function metaspace({ replacement, prependScheme }: MetaspaceOptions): Decoder {
  return perToken((token, index) =>
    token.replaceAll(replacement, index === 0 && prependScheme !== 'never' ? '' : ' '),
  );
}

/** The end of a word (`</w>`) becomes a blank, at the end of the text nothing. */
export function bpe(suffix: string): Decoder {
  return {
    fuses: false,
    start() {
      let last: string | undefined;
      return {
        push(token, _added, emit) {
          if (last !== undefined) emit(last.replaceAll(suffix, ' '), false);
          last = token;
        },
        end(emit) {
          if (last !== undefined) emit(last.replaceAll(suffix, ''), false);
          last = undefined;
        },
      };
    },
  };
}

export function replace(matcher: Matcher, content: string): Decoder {
  return perToken((token) => {
    const matches: number[] = [];
    matcher(token, 0, token.length, matches);
    let text = '';
    let kept = 0;
    for (let i = 0; i < matches.length; i += 2) {
      text += token.slice(kept, matches[i]) + content;
      kept = matches[i + 1]!;
    }
    return text + token.slice(kept);
  });
}

/** Takes up to so many of one character off either end. */
export function strip(content: string, start: number, stop: number): Decoder {
  const cut = (token: string): string => {
    let from = 0;
    let to = token.length;
    for (let n = 0; n < start && token.startsWith(content, from) && from < to; n++) from += content.length;
    for (let n = 0; n < stop && to - from >= content.length && token.endsWith(content, to); n++) {
      to -= content.length;
    }
    return token.slice(from, to);
  };
  return { ...perToken(cut), ...(stop === 0 ? { onFused: stripBeginning(content, start) } : {}) };
}

/** The same for a text that comes in parts. */
function stripBeginning(content: string, start: number): Decoder {
  return {
    fuses: true,
    start() {
      let left = start;
      return {
        push(token, _added, emit) {
          let from = 0;
          while (left > 0 && from < token.length && token.startsWith(content, from)) {
            from += content.length;
            left--;
          }
          if (from < token.length) {
            left = 0;
            emit(token.slice(from), false);
          }
        },
        end() {
          left = start;
        },
      };
    },
  };
}

/** Connectionist temporal classification: repeated tokens and padding go (Graves et al. 2006). */
export function ctc(padToken: string, wordDelimiter: string, cleanup: boolean): Decoder {
  return {
    fuses: false,
    start() {
      let last: string | undefined;
      return {
        push(token, _added, emit) {
          const repeated = token === last;
          last = token;
          if (repeated) return;
          const text = token.replaceAll(padToken, '');
          const clean = cleanup ? cleanUp(text).replaceAll(wordDelimiter, ' ') : text;
          if (clean !== '') emit(clean, false);
        },
        end() {
          last = undefined;
        },
      };
    },
  };
}
