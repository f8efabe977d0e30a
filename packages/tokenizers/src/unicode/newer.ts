// Characters that engines of 2023, with Unicode 15, do not know, and what Unicode 17 says of them.

/** Full canonical decompositions, which compose again. The first parts of each are a composite too, where there are three. */
export const NEW_COMPOSITES: Readonly<Record<string, string>> = {
  '\u{105c9}': '\u{105d2}\u0307',
  '\u{105e4}': '\u{105da}\u0307',
  '\u{11383}': '\u{11382}\u{113c9}',
  '\u{11385}': '\u{11384}\u{113bb}',
  '\u{1138e}': '\u{1138b}\u{113c2}',
  '\u{11391}': '\u{11390}\u{113c9}',
  '\u{113c5}': '\u{113c2}\u{113c2}',
  '\u{113c7}': '\u{113c2}\u{113b8}',
  '\u{113c8}': '\u{113c2}\u{113c9}',
  '\u{16121}': '\u{1611e}\u{1611e}',
  '\u{16122}': '\u{1611e}\u{16129}',
  '\u{16123}': '\u{1611e}\u{1611f}',
  '\u{16124}': '\u{16129}\u{1611f}',
  '\u{16125}': '\u{1611e}\u{16120}',
  '\u{16126}': '\u{1611e}\u{1611e}\u{1611f}',
  '\u{16127}': '\u{1611e}\u{16129}\u{1611f}',
  '\u{16128}': '\u{1611e}\u{1611e}\u{16120}',
  '\u{16d68}': '\u{16d67}\u{16d67}',
  '\u{16d69}': '\u{16d63}\u{16d67}',
  '\u{16d6a}': '\u{16d63}\u{16d67}\u{16d67}',
};

/** Runs that stand for runs of others by compatibility: outlined letters and digits. */
export const NEW_VARIANTS: readonly (readonly [first: number, last: number, of: number])[] = [
  [0xa7f1, 0xa7f1, 0x53],
  [0x1ccd6, 0x1ccef, 0x41],
  [0x1ccf0, 0x1ccf9, 0x30],
];

/** Marks, each after a mark of their combining class that composes with nothing and that every engine knows. */
export const NEW_MARKS: Readonly<Record<string, string>> = {
  '\u0f84': '\u{113ce}-\u{113d0}\u{1612f}',
  '\u0316': '\u1add\u1ae6\u{10efa}\u{10efb}\u{1e5ef}',
  '\u0363':
    '\u0897\u1acf-\u1adc\u1ae0-\u1ae5\u1ae7-\u1aea\u{10d69}-\u{10d6d}\u{1e5ee}\u{1e6e3}\u{1e6e6}\u{1e6ee}\u{1e6ef}\u{1e6f5}',
  '\u035d': '\u1aeb',
};

/** Runs of capitals and the first of their small letters. */
export const NEW_CAPITALS: readonly (readonly [first: number, last: number, small: number])[] = [
  [0x1c89, 0x1c89, 0x1c8a],
  [0xa7cb, 0xa7cb, 0x264],
  [0xa7cc, 0xa7cc, 0xa7cd],
  [0xa7ce, 0xa7ce, 0xa7cf],
  [0xa7d2, 0xa7d2, 0xa7d3],
  [0xa7d4, 0xa7d4, 0xa7d5],
  [0xa7da, 0xa7da, 0xa7db],
  [0xa7dc, 0xa7dc, 0x19b],
  [0x10d50, 0x10d65, 0x10d70],
  [0x16ea0, 0x16eb8, 0x16ebb],
];
