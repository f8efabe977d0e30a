/** Orders strings by code point: unlike `<`, which compares UTF-16 units, it puts U+FFFD before an emoji. */
export function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let i = 0;
  while (i < shorter && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === shorter) return a.length - b.length;
  return orderOfUnit(a.charCodeAt(i)) - orderOfUnit(b.charCodeAt(i));
}

/** Surrogates stand for code points above all other units. */
function orderOfUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
