import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { npy, npyHeader } from './__fixtures__/write-release.ts';
import { openNpy } from './npy.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenon-npy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'array.npy');

const six = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);
const open = (header: string, data: Uint8Array = six, version?: number) => {
  writeFileSync(path, npy(header, data, version));
  return openNpy(path);
};

describe('reads', () => {
  test.each([1, 2, 3])('version %i of the format', (version) => {
    const file = open(npyHeader('(2, 3)'), six, version);
    expect([file.shape, file.length]).toEqual([[2, 3], 6]);
    expect([...file.read(1, 3)]).toEqual([2, 3, 4]);
    file.close();
  });

  test.each<[string, number[], number]>([
    [`{"shape": (6L,), "fortran_order": False, "descr": "<f4"}`, [6], 6],
    [`{'descr':'<f4','fortran_order':True,'shape':(6,)}`, [6], 6],
    [`{'descr': '<f4', 'fortran_order': False, 'shape': (3,2), }   \n`, [3, 2], 6],
  ])('a header written otherwise: %s', (header, shape, length) => {
    const file = open(header);
    expect([file.shape, file.length]).toEqual([shape, length]);
    file.close();
  });

  test('a number without axes', () => {
    const file = open(npyHeader('()'), six.slice(0, 4));
    expect([file.shape, [...file.read(0, 1)]]).toEqual([[], [1]]);
    file.close();
  });

  test('nothing once it is closed', () => {
    const file = open(npyHeader('(6,)'));
    file.close();
    expect(() => file.read(0, 1)).toThrow('expected an open file, got a closed one.');
  });
});

describe('refuses', () => {
  test.each<[string, string, Uint8Array?, number?]>([
    ['{}', 'a header with descr, fortran_order and shape, got {}'],
    ["{'descr': '<f4'", 'a header with descr, fortran_order and shape'],
    [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
      "little-endian (<f4), got '<f8'. Save it again",
    ],
    ["{'descr': '>f4', 'fortran_order': False, 'shape': (6,), }", "little-endian (<f4), got '>f4'."],
    ["{'descr': '|O', 'fortran_order': False, 'shape': (6,), }", "(<f4), got Python objects ('|O')."],
    ["{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }", "(<f4), got [('a', '<f4')]."],
    ["{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", 'numbers in C order, got Fortran order.'],
    [npyHeader('(2, -3)'), 'a shape of whole numbers, got (2, -3)'],
    [npyHeader('(2, , 3)'), 'a shape of whole numbers, got (2, , 3)'],
    [npyHeader('(99999999999999999999,)'), 'a shape of whole numbers, got (99999999999999999999)'],
    [npyHeader('(9007199254740991, 9007199254740991)'), 'got 24. The file is damaged'],
    [npyHeader('(7,)'), 'expected 28 bytes for [7], got 24.'],
    [npyHeader('(5,)'), 'expected 20 bytes for [5], got 24.'],
    [npyHeader('(6,)').padEnd(10_001), 'a header of at most 10000 bytes, got 10001', six, 2],
  ])('%#', (header, message, data, version) => {
    expect(() => open(header, data ?? six, version)).toThrow(message);
  });

  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(), 'which begins with \\x93NUMPY, got 0 bytes of something else'],
    ['another file', Buffer.from('PK\x03\x04 and more than twelve'), 'got 25 bytes of something else'],
    ['a version to come', npy(npyHeader('(6,)'), six, 9), 'version 1, 2 or 3 of the format, got 9'],
    [
      'a header beyond the file',
      npy(npyHeader('(6,)'), six).slice(0, 40),
      'a header of at most 30 bytes, got 118',
    ],
  ])('%s', (_, bytes, message) => {
    writeFileSync(path, bytes);
    expect(() => openNpy(path)).toThrow(message);
  });

  test('what is not there, or no file', () => {
    expect(() => openNpy(join(folder, 'none.npy'))).toThrow('none.npy: expected an npy file, got ENOENT');
    expect(() => openNpy(folder)).toThrow('expected an npy file, got a folder or a device.');
  });
});
