import { OTHER } from '../unicode/classes.ts';

/** The class (see classes.ts) of the character that starts at byte `at`. */
export function classAt(classes: Uint8Array, bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!;
  const codePoint = byte < 0x80 ? byte : codePointAt(bytes, at, byte);
  return codePoint < classes.length ? classes[codePoint]! : OTHER;
}

function codePointAt(bytes: Uint8Array, at: number, lead: number): number {
  const second = bytes[at + 1]! & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = bytes[at + 2]! & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (bytes[at + 3]! & 0x3f);
}

/** Bytes of the UTF-8 character that starts with `lead`. */
export function lengthOfCharacter(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}
