// Numbers that we and a peer work out alike, so that nothing has to be handed over: `peers/protocol.py` has the same.

/** First values of a parameter of that name: around 1 for the scale of a norm, otherwise around 0 with a deviation of 0.02. */
export function weights(name: string, count: number): Float32Array {
  let seed = 2166136261; // FNV-1a of the name
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 16777619) >>> 0;
  const isScale = name.toLowerCase().endsWith('norm.weight');
  return Float32Array.from({ length: count }, (_, i) => {
    const unit = mixed(i + seed) / 2 ** 32 - 0.5;
    return isScale ? 1 + 0.1 * unit : 0.07 * unit;
  });
}

/** `count` whole numbers in 0 … `below` − 1; a new `call` gives new ones. */
export function integers(count: number, below: number, call: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) =>
    Math.floor((mixed(i + 1_000_003 * call) / 2 ** 32) * below),
  );
}

/** 32 bits that look random for each place: a hash of Wellons, "lowbias32". */
function mixed(x: number): number {
  let bits = x >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}
