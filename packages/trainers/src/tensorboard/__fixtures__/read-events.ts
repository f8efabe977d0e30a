import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An event as a file has it. */
export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion?: string;
  readonly sessionStatus?: number;
  readonly scalars: Readonly<Record<string, number>>;
  readonly texts: Readonly<Record<string, string>>;
}

type Field = { readonly number: number; readonly value: number | Buffer };

/** The events of a folder's files, file by file; a torn one at the end of a file is passed over. */
export function readEvents(folder: string): ReadEvent[][] {
  const names = readdirSync(folder).sort();
  return names.map((name) => records(readFileSync(join(folder, name))).map(parseEvent));
}

function records(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 16 <= bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    const end = at + 12 + length;
    if (end + 4 > bytes.length) break;
    checkSum(bytes.subarray(at, at + 8), bytes.readUInt32LE(at + 8));
    checkSum(bytes.subarray(at + 12, end), bytes.readUInt32LE(end));
    found.push(bytes.subarray(at + 12, end));
    at = end + 4;
  }
  return found;
}

/** Bit by bit, as the definition has it. */
function checkSum(bytes: Buffer, masked: number): void {
  let register = 0xffffffffn;
  for (const byte of bytes) {
    register ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) register = (register >> 1n) ^ (register & 1n ? 0x82f63b78n : 0n);
  }
  const sum = register ^ 0xffffffffn;
  const expected = (((sum >> 15n) | (sum << 17n)) + 0xa282ead8n) & 0xffffffffn;
  if (BigInt(masked) !== expected) throw new Error(`checksum: expected ${expected}, got ${masked}`);
}

function parseEvent(bytes: Buffer): ReadEvent {
  const event = {
    wallTime: 0,
    step: 0,
    scalars: {} as Record<string, number>,
    texts: {} as Record<string, string>,
  };
  const more: { fileVersion?: string; sessionStatus?: number } = {};
  for (const { number, value } of fields(bytes)) {
    if (number === 1) event.wallTime = value as number;
    else if (number === 2) event.step = value as number;
    else if (number === 3) more.fileVersion = String(value);
    else if (number === 7) more.sessionStatus = fields(value as Buffer)[0]!.value as number;
    else if (number === 5)
      for (const one of fields(value as Buffer)) addValue(fields(one.value as Buffer), event);
    else throw new Error(`no field ${number} is expected`);
  }
  return { ...event, ...more };
}

function addValue(
  value: readonly Field[],
  event: { scalars: Record<string, number>; texts: Record<string, string> },
): void {
  const get = (number: number): number | Buffer | undefined =>
    value.find((field) => field.number === number)?.value;
  const tag = String(get(1));
  const tensor = get(8);
  if (tensor === undefined) event.scalars[tag] = get(2) as number;
  else event.texts[tag] = String(fields(tensor as Buffer).find(({ number }) => number === 8)?.value);
}

/** The wire format: varint, 64 bits, bytes, 32 bits. */
function fields(bytes: Buffer): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const number = key >> 3;
    switch (key & 7) {
      case 0:
        found.push({ number, value: varint() });
        break;
      case 1:
        found.push({ number, value: bytes.readDoubleLE(at) });
        at += 8;
        break;
      case 2: {
        const length = varint();
        found.push({ number, value: bytes.subarray(at, at + length) });
        at += length;
        break;
      }
      case 5:
        found.push({ number, value: bytes.readFloatLE(at) });
        at += 4;
        break;
      default:
        throw new Error(`no wire type ${key & 7} is expected`);
    }
  }
  return found;
}
