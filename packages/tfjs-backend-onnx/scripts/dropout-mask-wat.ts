// The WebAssembly text of src/random/dropout-mask.ts' module: Threefry-2x32 with 20 rounds (Salmon et al. 2011)
// on sixteen counters at a time. It is written by this program because WebAssembly has neither macros nor
// inlining, and a loop over a table of rotations takes three times as long.

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
const ROUNDS = 20;

/** Vectors of four counters: independent chains of instructions, which the processor interleaves. */
const CHAINS = [0, 1, 2, 3];

const get = (name: string): string => `(local.get ${name})`;
const set = (name: string, value: string): string => `(local.set ${name} ${value})`;
const add = (a: string, b: string): string => `(i32x4.add ${a} ${b})`;

function rotated(name: string, bits: number): string {
  // Whole bytes move in one instruction.
  if (bits % 8 === 0) {
    const bytes = [0, 4, 8, 12].flatMap((lane) => [0, 1, 2, 3].map((i) => lane + ((i - bits / 8 + 4) % 4)));
    return `(i8x16.shuffle ${bytes.join(' ')} ${get(name)} ${get(name)})`;
  }
  const [left, right] = [`(i32.const ${bits})`, `(i32.const ${32 - bits})`];
  return `(v128.or (i32x4.shl ${get(name)} ${left}) (i32x4.shr_u ${get(name)} ${right}))`;
}

/** One round on every chain; after each fourth the next two of the three key words are added. */
function round(index: number): string[] {
  const lines = CHAINS.flatMap((chain) => [
    set(`$a${chain}`, add(get(`$a${chain}`), get(`$b${chain}`))),
    set(`$b${chain}`, `(v128.xor ${rotated(`$b${chain}`, ROTATIONS[index % 8]!)} ${get(`$a${chain}`)})`),
  ]);
  if (index % 4 < 3) return lines;
  const injection = (index + 1) / 4;
  return lines.concat(
    CHAINS.flatMap((chain) => [
      set(`$a${chain}`, add(get(`$a${chain}`), get(`$k${injection % 3}`))),
      set(`$b${chain}`, add(get(`$b${chain}`), get(`$j${injection}`))),
    ]),
  );
}

/** A word below the threshold drops its value: eight bytes' worth of "kept" as 16-bit lanes, in the order of the words. */
function kept(chain: number): string {
  const [first, second] = ['a', 'b'].map(
    (word) => `(i32x4.ge_u ${get(`$${word}${chain}`)} ${get('$threshold')})`,
  );
  return `(v128.bitselect ${second} ${first} (v128.const i32x4 ${Array(4).fill('0xffff0000').join(' ')}))`;
}

const injections = Array.from({ length: ROUNDS / 4 }, (_, i) => i + 1);
const vectors = [
  ...CHAINS.flatMap((chain) => [`$a${chain}`, `$b${chain}`]),
  ...[0, 1, 2].map((i) => `$k${i}`),
  ...injections.map((i) => `$j${i}`),
  '$threshold',
  '$start',
  '$counter',
];

/**
 * mask(out, end, counter, k0, k1, c0, threshold): bytes 1 (kept) or 0 from `out` to `end`, thirty-two at a time; the
 * pair of words `counter`, `counter + 2`, ... decides on two neighbours.
 */
export const dropoutMaskWat: string = `(module
  (memory (export "memory") 1)
  (func (export "mask")
    (param $out i32) (param $end i32) (param $first i32)
    (param $key0 i32) (param $key1 i32) (param $call i32) (param $limit i32)
    ${vectors.map((name) => `(local ${name} v128)`).join(' ')}
    ${set('$k0', `(i32x4.splat ${get('$key0')})`)}
    ${set('$k1', `(i32x4.splat ${get('$key1')})`)}
    ${set('$k2', `(v128.xor (v128.xor ${get('$k0')} ${get('$k1')}) (i32x4.splat (i32.const 0x1bd11bda)))`)}
    ${injections.map((i) => set(`$j${i}`, add(get(`$k${(i + 1) % 3}`), `(i32x4.splat (i32.const ${i}))`))).join('\n    ')}
    ${set('$threshold', `(i32x4.splat ${get('$limit')})`)}
    ${set('$start', `(i32x4.splat (i32.add ${get('$call')} ${get('$key0')}))`)}
    ${set('$counter', add(`(i32x4.splat (i32.add ${get('$first')} ${get('$key1')}))`, '(v128.const i32x4 0 2 4 6)'))}
    (loop $next
      ${CHAINS.map((chain) => set(`$a${chain}`, get('$start'))).join('\n      ')}
      ${CHAINS.map((chain) => set(`$b${chain}`, add(get('$counter'), `(i32x4.splat (i32.const ${8 * chain}))`))).join('\n      ')}
      ${set('$counter', add(get('$counter'), `(i32x4.splat (i32.const ${8 * CHAINS.length}))`))}
      ${Array.from({ length: ROUNDS }, (_, index) => round(index).join('\n      ')).join('\n      ')}
      ${CHAINS.filter((chain) => chain % 2 === 0)
        .map(
          (chain) => `(v128.store offset=${8 * chain} ${get('$out')}
        (v128.and (i8x16.narrow_i16x8_s ${kept(chain)} ${kept(chain + 1)}) (i8x16.splat (i32.const 1))))`,
        )
        .join('\n      ')}
      ${set('$out', `(i32.add ${get('$out')} (i32.const ${8 * CHAINS.length}))`)}
      (br_if $next (i32.lt_u ${get('$out')} ${get('$end')})))))
`;
