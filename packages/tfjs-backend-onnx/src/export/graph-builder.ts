import {
  type Attributes,
  type ElementType,
  type Literal,
  literalText,
  type Node,
  type Port,
  typeCode,
} from '../onnx/model.ts';
import {
  constantFormula,
  constantOf,
  type DynamicSize,
  type Formula,
  formulaText,
  type PowerFormula,
} from './formula.ts';

interface NodeOptions {
  readonly attributes?: Attributes;
  readonly domain?: string;
  /** Names of the outputs. @default one, after the node */
  readonly outputs?: readonly string[];
  /** The node's name. @default after its type */
  readonly name?: string;
}

/** Collects the nodes and constants of an ONNX graph, and computes sizes inside it. */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly literals: Map<string, Literal & { readonly name: string }> = new Map();
  readonly values: Port[] = [];
  readonly #taken = new Set<string>();
  /** Where each dynamic size can be seen: a value, and one of its axes. */
  readonly #seenAt = new Map<DynamicSize, { readonly value: string; readonly axis: number }>();
  readonly #sizes = new Map<string, string>();

  /** That name, or where it is taken one like it. */
  name(wanted: string): string {
    let name = wanted;
    for (let count = 1; this.#taken.has(name); count++) name = `${wanted}_${count}`;
    this.#taken.add(name);
    return name;
  }

  /** Adds a node and gives the name of its first output. */
  node(type: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const name = options.outputs ? (options.name ?? type) : this.name(options.name ?? type);
    const outputs = options.outputs ?? [name];
    this.nodes.push({
      name,
      type,
      domain: options.domain ?? '',
      attributes: options.attributes ?? {},
      inputs,
      outputs,
    });
    return outputs[0]!;
  }

  literal(literal: Literal): string {
    const key = literalText(literal);
    let known = this.literals.get(key);
    if (!known) {
      known = { ...literal, name: this.name(`constant_${this.literals.size}`) };
      this.literals.set(key, known);
    }
    return known.name;
  }

  integers(values: readonly number[]): string {
    return this.literal({ type: 'int64', dims: [values.length], values });
  }

  scalar(value: number, type: ElementType): string {
    return this.literal({ type, dims: [], values: value });
  }

  /** Says where a dynamic size can be seen. */
  see(size: DynamicSize, value: string, axis: number): void {
    if (!this.#seenAt.has(size)) this.#seenAt.set(size, { value, axis });
  }

  /** int64 [1]: the size. */
  size(formula: Formula): string {
    const constant = constantOf(formula);
    if (constant !== null) return this.integers([constant]);
    return this.#once(formulaText(formula), () => {
      const terms = formula.terms.map(({ factor, sizes }) => {
        const factors = [
          ...(factor === 1 && sizes.length > 0 ? [] : [this.integers([factor])]),
          ...sizes.map((size) => this.#seen(size)),
        ];
        return factors.reduce((a, b) => this.node('Mul', [a, b]));
      });
      const sum = terms.reduce((a, b) => this.node('Add', [a, b]));
      return formula.divisor === 1 ? sum : this.node('Div', [sum, this.integers([formula.divisor])]);
    });
  }

  /** int64 [n]: a shape, or another list of sizes. */
  sizes(formulas: readonly Formula[]): string {
    const constants = formulas.map(constantOf);
    if (constants.every((constant) => constant !== null)) return this.integers(constants);
    if (formulas.length === 1) return this.size(formulas[0]!);
    const text = `[${formulas.map(formulaText).join(', ')}]`;
    return this.#once(text, () =>
      this.node(
        'Concat',
        formulas.map((formula) => this.size(formula)),
        { attributes: { axis: 0 } },
      ),
    );
  }

  /** A scalar of that type: the size. */
  sizeScalar(formula: Formula, type: ElementType): string {
    const constant = constantOf(formula);
    if (constant !== null) return this.scalar(constant, type);
    return this.#once(`${type} ${formulaText(formula)}`, () =>
      this.cast(this.node('Squeeze', [this.size(formula)]), 'int64', type),
    );
  }

  /** A float32 scalar. */
  power({ factor, base, power }: PowerFormula): string {
    const result = this.node('Pow', [this.sizeScalar(base, 'float32'), this.scalar(power, 'float32')]);
    return factor === 1 ? result : this.node('Mul', [result, this.scalar(factor, 'float32')]);
  }

  cast(value: string, from: ElementType, to: ElementType): string {
    return from === to ? value : this.node('Cast', [value], { attributes: { to: typeCode(to) } });
  }

  /** 0, 1, 2, … of that type, in a given shape of which all but one size are 1. */
  range(length: Formula, type: ElementType, rank: number, axis: number): string {
    const zero = constantFormula(0);
    const counted = this.node('Range', [
      this.sizeScalar(zero, 'int64'),
      this.sizeScalar(length, 'int64'),
      this.scalar(1, 'int64'),
    ]);
    const shape = Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1));
    const typed = this.cast(counted, 'int64', type);
    return rank === 1 ? typed : this.node('Reshape', [typed, this.integers(shape)]);
  }

  #seen(size: DynamicSize): string {
    const { value, axis } = this.#seenAt.get(size)!;
    return this.#once(size.name, () => {
      const shape = this.#once(`shape of ${value}`, () => this.node('Shape', [value]));
      return this.node('Gather', [shape, this.integers([axis])], {
        attributes: { axis: 0 },
        name: `size_${size.name}`,
      });
    });
  }

  #once(text: string, make: () => string): string {
    let known = this.#sizes.get(text);
    if (known === undefined) {
      known = make();
      this.#sizes.set(text, known);
    }
    return known;
  }
}
