/** A size that is known only when the exported model runs, and what it was in each recording. */
export interface DynamicSize {
  readonly name: string;
  readonly values: readonly number[];
}

interface Term {
  readonly factor: number;
  /** Factors of a product, one size as often as its power; none for a constant. */
  readonly sizes: readonly DynamicSize[];
}

/** A whole number as a polynomial of sizes: (Σ factor · Π sizes) / divisor. */
export interface Formula {
  readonly terms: readonly Term[];
  readonly divisor: number;
}

/** A real number as factor · (a polynomial of sizes)^power. */
export interface PowerFormula {
  readonly factor: number;
  readonly base: Formula;
  readonly power: number;
}

/** Sizes of values inside the graph that may be part of a formula: the ones found last. */
const INNER_SIZES = 12;
const POWERS: readonly number[] = [-1, -0.5, 0.5];
/** float32 keeps 24 bits. */
const TOLERANCE = 2 ** -22;

export function constantFormula(value: number): Formula {
  return { terms: value === 0 ? [] : [{ factor: value, sizes: [] }], divisor: 1 };
}

/** The number where the formula is one, otherwise null. */
export function constantOf({ terms, divisor }: Formula): number | null {
  if (terms.length === 0) return 0;
  return terms.length === 1 && terms[0]!.sizes.length === 0 ? terms[0]!.factor / divisor : null;
}

/** As a viewer shows it: `batch_size*sequence_length`, `past_length + 1`. Equal texts mean equal formulas. */
export function formulaText({ terms, divisor }: Formula): string {
  const texts = terms.map(({ factor, sizes }, index) => {
    const names = sizes.map(({ name }) => name);
    const size = Math.abs(factor) === 1 && names.length > 0 ? names : [String(Math.abs(factor)), ...names];
    const sign = factor < 0 ? (index === 0 ? '-' : ' - ') : index === 0 ? '' : ' + ';
    return sign + size.join('*');
  });
  const sum = texts.join('') || '0';
  if (divisor === 1) return sum;
  return `${terms.length > 1 ? `(${sum})` : sum}/${divisor}`;
}

/**
 * The simplest formula that gives these numbers, one for each recording: a constant, a multiple of a product,
 * that plus a constant, two of them plus a constant, a fraction of a product. Each is checked on every
 * recording, of which there must be more than the formula has unknowns.
 *
 * @param outer sizes of the inputs
 * @param inner sizes that operators inside the graph brought about
 * @param fractions whether T / 2 may be the answer
 * @param sums formulas met before, such as T + 1, whose products may be the answer
 */
export function fitFormula(
  values: readonly number[],
  outer: readonly DynamicSize[],
  inner: readonly DynamicSize[],
  fractions: boolean,
  sums: readonly Formula[] = [],
): Formula | null {
  if (values.every((value) => value === values[0])) return constantFormula(values[0]!);
  const simple = products(outer, 3);
  const candidates = [...simple, ...innerProducts(outer, inner.slice(-INNER_SIZES))];
  return (
    first(candidates, (product) => multiple(values, product)) ??
    first(candidates, (product) => multiplePlus(values, product)) ??
    first(pairs(simple.filter(({ sizes }) => sizes.length <= 2)), (pair) => twoMultiplesPlus(values, pair)) ??
    first(sumProducts(sums.slice(-INNER_SIZES), outer), (product) => multipleOfFormula(values, product)) ??
    (fractions ? first(candidates, (product) => fraction(values, product)) : null)
  );
}

/** A power of sizes that gives these numbers to the precision of float32, such as 1 / T or √(T + 1). */
export function fitPower(
  values: readonly number[],
  outer: readonly DynamicSize[],
  inner: readonly DynamicSize[],
): PowerFormula | null {
  for (const product of products(outer, 2)) {
    for (const power of POWERS) {
      const factor = values[0]! / product.values[0]! ** power;
      const fits = values.every((value, i) => isClose(factor * product.values[i]! ** power, value));
      if (fits)
        return {
          factor: tidied(factor),
          base: { terms: [{ factor: 1, sizes: product.sizes }], divisor: 1 },
          power,
        };
    }
  }
  for (const power of POWERS) {
    const bases = values.map((value) => Math.round(value ** (1 / power)));
    if (!values.every((value, i) => isClose(bases[i]! ** power, value))) continue;
    const base = fitFormula(bases, outer, inner, false);
    if (base) return { factor: 1, base, power };
  }
  return null;
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.abs(b);
}

interface Product {
  readonly sizes: readonly DynamicSize[];
  readonly values: readonly number[];
}

/** Products of up to `degree` sizes, the short ones first. */
function products(sizes: readonly DynamicSize[], degree: number): Product[] {
  let last: (Product & { readonly from: number })[] = sizes.map((size, from) => ({
    sizes: [size],
    values: size.values,
    from,
  }));
  const all: Product[] = [...last];
  for (let length = 2; length <= degree; length++) {
    last = last.flatMap((product) =>
      sizes.slice(product.from).map((size, offset) => ({
        ...times(product, size),
        from: product.from + offset,
      })),
    );
    all.push(...last);
  }
  return all;
}

function innerProducts(outer: readonly DynamicSize[], inner: readonly DynamicSize[]): Product[] {
  const alone = inner.map((size): Product => ({ sizes: [size], values: size.values }));
  const two = alone.flatMap((product, index) =>
    [...outer, ...inner.slice(index)].map((size) => times(product, size)),
  );
  const three = two.flatMap((product) => outer.map((size) => times(product, size)));
  return [...alone, ...two, ...three];
}

function times(product: Product, size: DynamicSize): Product {
  return {
    sizes: [...product.sizes, size],
    values: product.values.map((value, i) => value * size.values[i]!),
  };
}

function* pairs(all: readonly Product[]): Generator<readonly [Product, Product]> {
  for (const [index, a] of all.entries()) for (const b of all.slice(index + 1)) yield [a, b];
}

function first<T>(candidates: Iterable<T>, fit: (candidate: T) => Formula | null): Formula | null {
  for (const candidate of candidates) {
    const found = fit(candidate);
    if (found) return found;
  }
  return null;
}

function multiple(values: readonly number[], { sizes, values: of }: Product): Formula | null {
  const factor = values[0]! / of[0]!;
  if (!Number.isInteger(factor) || !values.every((value, i) => value === factor * of[i]!)) return null;
  return { terms: [{ factor, sizes }], divisor: 1 };
}

function multiplePlus(values: readonly number[], { sizes, values: of }: Product): Formula | null {
  const other = of.findIndex((value) => value !== of[0]);
  if (values.length < 3 || other < 0) return null;
  const factor = (values[other]! - values[0]!) / (of[other]! - of[0]!);
  const rest = values[0]! - factor * of[0]!;
  if (!Number.isInteger(factor) || factor === 0) return null;
  if (!values.every((value, i) => value === factor * of[i]! + rest)) return null;
  return { terms: [{ factor, sizes }, ...constantFormula(rest).terms], divisor: 1 };
}

function twoMultiplesPlus(values: readonly number[], [a, b]: readonly [Product, Product]): Formula | null {
  if (values.length < 4) return null;
  const rise = (of: readonly number[], i: number): number => of[i]! - of[0]!;
  // Two differences to the first recording give the two factors.
  for (let i = 1; i < values.length; i++) {
    for (let j = i + 1; j < values.length; j++) {
      const determinant = rise(a.values, i) * rise(b.values, j) - rise(a.values, j) * rise(b.values, i);
      if (determinant === 0) continue;
      const x = (rise(values, i) * rise(b.values, j) - rise(values, j) * rise(b.values, i)) / determinant;
      const y = (rise(a.values, i) * rise(values, j) - rise(a.values, j) * rise(values, i)) / determinant;
      if (!Number.isInteger(x) || !Number.isInteger(y) || x === 0 || y === 0) return null;
      const rest = values[0]! - x * a.values[0]! - y * b.values[0]!;
      if (!values.every((value, k) => value === x * a.values[k]! + y * b.values[k]! + rest)) return null;
      const terms = [
        { factor: x, sizes: a.sizes },
        { factor: y, sizes: b.sizes },
      ];
      return { terms: [...terms, ...constantFormula(rest).terms], divisor: 1 };
    }
  }
  return null;
}

function fraction(values: readonly number[], { sizes, values: of }: Product): Formula | null {
  if (!values.every((value, i) => value * of[0]! === values[0]! * of[i]!)) return null;
  const common = greatestCommonDivisor(values[0]!, of[0]!);
  return { terms: [{ factor: values[0]! / common, sizes }], divisor: of[0]! / common };
}

function multipleOfFormula(values: readonly number[], formula: Formula): Formula | null {
  const of = values.map((_, i) => valueAt(formula, i));
  const factor = values[0]! / of[0]!;
  if (!Number.isInteger(factor) || !values.every((value, i) => value === factor * of[i]!)) return null;
  return product(formula, constantFormula(factor));
}

/** Each sum, and its products with a size or another sum. */
function* sumProducts(sums: readonly Formula[], sizes: readonly DynamicSize[]): Generator<Formula> {
  yield* sums;
  const factors = sizes.map((size): Formula => ({ terms: [{ factor: 1, sizes: [size] }], divisor: 1 }));
  for (const [index, sum] of sums.entries())
    for (const factor of [...factors, ...sums.slice(index)]) yield product(sum, factor);
}

function product(a: Formula, b: Formula): Formula {
  const terms = new Map<string, Term>();
  for (const left of a.terms) {
    for (const right of b.terms) {
      const sizes = [...left.sizes, ...right.sizes].sort((x, y) => (x.name < y.name ? -1 : 1));
      const key = sizes.map(({ name }) => name).join('*');
      const factor = left.factor * right.factor + (terms.get(key)?.factor ?? 0);
      terms.set(key, { factor, sizes });
    }
  }
  return { terms: [...terms.values()].filter(({ factor }) => factor !== 0), divisor: a.divisor * b.divisor };
}

function valueAt({ terms, divisor }: Formula, recording: number): number {
  const value = ({ factor, sizes }: Term): number =>
    sizes.reduce((result, { values }) => result * values[recording]!, factor);
  return terms.reduce((sum, term) => sum + value(term), 0) / divisor;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** 1 where rounding made it 0.9999999. */
function tidied(factor: number): number {
  const whole = Math.round(factor);
  return whole !== 0 && Math.abs(factor - whole) < TOLERANCE * Math.abs(whole) ? whole : factor;
}
