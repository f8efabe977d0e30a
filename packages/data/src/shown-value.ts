/** The most characters of a value that a message shows. */
const MOST = 60;

/** A value for messages: as JSON has it, shortened, with what cannot be seen as `\u{…}`. */
export function shownValue(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  return typeof value === 'string'
    ? JSON.stringify(shortened(value)).replace(UNSEEN, escaped)
    : shortened(JSON.stringify(value) ?? 'nothing');
}

/** White space and marks that look like a blank, or like nothing: byte order marks, no-break spaces and their kin. */
const UNSEEN = /(?! )[\p{Z}\p{Cf}]/gu;

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

export function shortened(text: string): string {
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}
