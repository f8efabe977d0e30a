import { RandomStream, type StoredDtype, type StoredTensor, storedTensor, TenonError } from '@tenon/core';
import { describe, expect, test } from 'vitest';
import { formatSafetensors, safetensorsPieces } from './format.ts';
import { parseSafetensors } from './parse.ts';

const stored = (dtype: StoredDtype, values: number[], shape = [values.length]): StoredTensor => {
  const floats = /float/.test(dtype);
  return { dtype, shape, read: () => (floats ? Float32Array : Int32Array).from(values) };
};

/** A file made by hand: any header, any data. */
function file(header: unknown, data: number | Uint8Array = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const rest = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + text.length + rest.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(rest, 8 + text.length);
  return bytes;
}

const entry = (dtype: unknown, shape: unknown, begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('safetensors', () => {
  test('every dtype comes back as it was', () => {
    const weights = new Map([
      ['float64', stored('float64', [1.5, -0, Number.NEGATIVE_INFINITY])],
      ['float32', stored('float32', [1.5, -0, Number.NaN, 3e38], [2, 2])],
      ['float16', stored('float16', [1, -2.5, 65504, 2 ** -24, Number.POSITIVE_INFINITY])],
      ['bfloat16', stored('bfloat16', [1, -3.140625, 2 ** 127])],
      ['int64', stored('int64', [2147483647, -2147483648, -1, 0])],
      ['int32', stored('int32', [2147483647, -5])],
      ['int16', stored('int16', [32767, -32768])],
      ['int8', stored('int8', [127, -128])],
      ['uint64', stored('uint64', [2147483647, 0])],
      ['uint32', stored('uint32', [2147483647, 0])],
      ['uint16', stored('uint16', [0, 65535])],
      ['uint8', stored('uint8', [0, 255])],
      ['bool', stored('bool', [1, 0, 1])],
      ['empty', stored('float32', [], [0, 4])],
      ['scalar', storedTensor(Int32Array.of(7), [])],
    ]);
    const bytes = formatSafetensors(weights, { format: 'pt' });
    const read = parseSafetensors(bytes);
    expect(read.metadata).toEqual({ format: 'pt' });
    expect([...read.weights.keys()].sort()).toEqual([...weights.keys()].sort());
    for (const [name, { dtype, shape, read: values }] of weights) {
      const back = read.weights.get(name)!;
      expect(back, name).toMatchObject({ dtype, shape });
      expect(back.read(), name).toEqual(values());
    }
    expect(formatSafetensors(read.weights, read.metadata)).toEqual(bytes);
  });

  test('the bytes are those of the format, the header padded to 8', () => {
    const bytes = formatSafetensors(new Map([['a', storedTensor(Float32Array.of(1), [1])]]));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    expect(text.trimEnd()).toBe('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  test.each([
    ['I64', [0x80000000, 0], '2147483648'],
    ['I64', [0, 0, 5, 1], '4294967301'],
    ['U64', [1, 0, 0, 1], '4294967296'],
    ['U64', [1, 0, 0xffffffff, 0xffffffff], '18446744073709551615'],
    ['U64', [1, 0, 0xffffffff, 0], '4294967295'],
    ['U32', [0x80000000], '2147483648'],
  ])('%s of words %j does not fit', (code, words, number) => {
    const data = new Uint8Array(Uint32Array.from(words).buffer);
    const count = data.length / (code === 'U32' ? 4 : 8);
    const { weights } = parseSafetensors(file({ a: entry(code, [count], 0, data.length) }, data));
    expect(() => weights.get('a')!.read()).toThrow(
      `safetensors: a: expected integers within 32 bits, got ${number} at place ${count - 1}.`,
    );
  });

  test('a negative number has no place in an unsigned dtype', () => {
    for (const dtype of ['uint64', 'uint32', 'uint16', 'uint8'] as const) {
      expect(() => formatSafetensors(new Map([['a', stored(dtype, [1, -1])]]))).toThrow(
        `tensor a: expected values that fit ${dtype}, got`,
      );
    }
  });

  test('rounding to 16 bits goes to the nearest, ties to even', () => {
    const values = [
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      65519,
      65520,
      2 ** -25,
      3 * 2 ** -26,
      2 ** -14 - 2 ** -25,
    ];
    const half = parseSafetensors(formatSafetensors(new Map([['h', stored('float16', values)]])));
    expect([...half.weights.get('h')!.read()]).toEqual([
      1,
      1 + 2 ** -9,
      65504,
      Number.POSITIVE_INFINITY,
      0,
      2 ** -24,
      2 ** -14,
    ]);
    const brain = parseSafetensors(
      formatSafetensors(new Map([['b', stored('bfloat16', [1 + 2 ** -8, 1 + 3 * 2 ** -8, Number.NaN])]])),
    );
    expect([...brain.weights.get('b')!.read()]).toEqual([1, 1 + 2 ** -6, Number.NaN]);
  });

  test('all 65,536 halves survive', () => {
    const data = new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer);
    for (const dtype of ['F16', 'BF16'] as const) {
      const first = parseSafetensors(file({ a: entry(dtype, [65536], 0, 131072) }, data)).weights;
      const again = parseSafetensors(formatSafetensors(first)).weights;
      expect(again.get('a')!.read()).toEqual(first.get('a')!.read());
    }
  });

  test('tensors are read when asked for, one at a time, each time afresh', () => {
    const weights = new Map([['a', storedTensor(Float32Array.of(1, 2), [2])]]);
    const read = parseSafetensors(formatSafetensors(weights)).weights.get('a')!;
    read.read()[0] = 9;
    expect([...read.read()]).toEqual([1, 2]);

    let reads = 0;
    const counted = { ...stored('float32', [1]), read: () => Float32Array.of(++reads) };
    const pieces = safetensorsPieces(
      new Map([
        ['a', counted],
        ['b', counted],
      ]),
    );
    pieces.next();
    expect(reads).toBe(0);
    pieces.next();
    expect(reads).toBe(1);
  });

  test('names that are special in JavaScript are names like any other', () => {
    const header =
      '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"__proto__":{"x":1}},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}';
    const { weights } = parseSafetensors(file(header, 2));
    expect([...weights.keys()]).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    expect([...parseSafetensors(formatSafetensors(weights)).weights.keys()]).toEqual([...weights.keys()]);
  });

  const ok = entry('F32', [2], 0, 8);
  const tooLong = file('{}');
  tooLong[6] = 1;
  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'expected at least 8 bytes, got 0.'],
    [
      'a header longer than the file',
      file('{}').subarray(0, 9),
      'expected a header within the 1 bytes of the file, got one of 2 bytes.',
    ],
    [
      'an absurd header length',
      tooLong,
      'expected a header of at most 100000000 bytes, got one of 281474976710658.',
    ],
    ['a header that is no JSON', file('{"a":'), 'expected a header in JSON, got none ('],
    [
      'a header that is no UTF-8',
      file('"\u00e9"').fill(0xff, 9, 10),
      'expected a header in JSON, got none (',
    ],
    ['a header that is no object', file('[1]'), 'expected a JSON object as header, got [1].'],
    [
      'a name twice',
      file(`{"a":${JSON.stringify(ok)},"\\u0061":${JSON.stringify(ok)}}`, 8),
      'expected every name once in the header, got a twice.',
    ],
    [
      'a field twice',
      file('{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}', 8),
      'expected every name once in the header, got shape twice.',
    ],
    [
      'metadata that is no map of strings',
      file({ __metadata__: { a: 1 } }),
      '__metadata__: expected an object of strings, got {"a":1}.',
    ],
    [
      'an entry nested without end',
      file(`{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
      'a: expected dtype, shape and data_offsets, got brackets nested too deep to show.',
    ],
    ['an entry that is no object', file({ a: null }), 'a: expected dtype, shape and data_offsets, got null.'],
    [
      'an unknown dtype',
      file({ a: entry('F7', [2], 0, 8) }, 8),
      'a: expected a dtype of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, got "F7".',
    ],
    [
      'no dtype',
      file({ a: { shape: [1] } }),
      'a: expected a dtype of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, got nothing.',
    ],
    ['a dtype named like a method', file({ a: entry('toString', [2], 0, 8) }, 8), 'got "toString".'],
    [
      'a negative dimension',
      file({ a: entry('F32', [-2], 0, 8) }, 8),
      'a: expected a shape of whole numbers, got [-2].',
    ],
    [
      'a fraction as dimension',
      file({ a: entry('F32', [0.5], 0, 2) }, 2),
      'a: expected a shape of whole numbers, got [0.5].',
    ],
    [
      'a shape of another size',
      file({ a: entry('F32', [3], 0, 8) }, 8),
      'a: expected 12 bytes for F32 [3], got 8.',
    ],
    [
      'a shape beyond all numbers',
      file({ a: entry('F32', [2 ** 40, 2 ** 40, 0], 0, 8) }, 8),
      'a: expected 0 bytes for F32',
    ],
    [
      'offsets backwards',
      file({ a: entry('F32', [2], 8, 0) }, 8),
      'a: expected data_offsets [begin, end], got [8,0].',
    ],
    [
      'three offsets',
      file({ a: { ...ok, data_offsets: [0, 4, 8] } }, 8),
      'a: expected data_offsets [begin, end], got [0,4,8].',
    ],
    [
      'tensors that overlap',
      file({ a: ok, b: entry('F32', [2], 4, 12) }, 12),
      'b: expected data from byte 8 on, where the last ends, got byte 4.',
    ],
    [
      'a hole',
      file({ a: ok, b: entry('F32', [1], 12, 16) }, 16),
      'b: expected data from byte 8 on, where the last ends, got byte 12.',
    ],
    ['a file cut off', file({ a: ok }, 7), 'expected 8 bytes of data after the header, got 7.'],
    ['a tail', file({ a: ok }, 9), 'expected 8 bytes of data after the header, got 9.'],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => parseSafetensors(bytes, 'x.safetensors')).toThrow('x.safetensors');
    expect(() => parseSafetensors(bytes, 'x.safetensors')).toThrow(message);
  });

  test('2,000 files with a few bytes changed are read or refused with our own error', () => {
    const good = formatSafetensors(
      new Map([
        ['a', stored('float32', [1, 2, 3], [3])],
        ['b', stored('int64', [4, 5], [1, 2])],
      ]),
      { format: 'pt' },
    );
    const random = new RandomStream(5);
    let refused = 0;
    for (let i = 0; i < 2000; i++) {
      const bytes = good.slice(0, i % 5 === 0 ? random.next().integer(good.length) : good.length);
      for (let change = 0; change <= i % 3 && bytes.length > 0; change++) {
        bytes[random.next().integer(bytes.length)] = random.next().integer(256);
      }
      try {
        for (const { read } of parseSafetensors(bytes).weights.values()) read();
      } catch (error) {
        expect(error).toBeInstanceOf(TenonError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  test('metadata of megabytes is read', () => {
    const notes = 'plain "quoted" \\ and a\nline '.repeat(3e5);
    const { metadata } = parseSafetensors(formatSafetensors(new Map(), { notes, plain: 'x'.repeat(2e7) }));
    expect(metadata['notes'] === notes).toBe(true);
  });

  test('a 64-bit integer that does not fit is named when it is read', () => {
    const data = new Uint8Array(BigInt64Array.of(1n, 2n ** 40n).buffer);
    const { weights } = parseSafetensors(file({ ids: entry('I64', [2], 0, 16) }, data), 'x.safetensors');
    expect(() => weights.get('ids')!.read()).toThrow(
      'x.safetensors: ids: expected integers within 32 bits, got 1099511627776 at place 1.',
    );
  });

  test('what cannot be written is named', () => {
    const one = (name: string, tensor: StoredTensor) => formatSafetensors(new Map([[name, tensor]]));
    expect(() => one('a', stored('uint8', [1, 256]))).toThrow(
      'tensor a: expected values that fit uint8, got 256 at place 1.',
    );
    expect(() => one('a', stored('float32', [1, 2], [3]))).toThrow(
      'tensor a: expected 3 values for shape [3], got 2.',
    );
    expect(() => one('__metadata__', stored('float32', [1]))).toThrow(
      'safetensors: expected tensor names, got __metadata__.',
    );
  });
});
