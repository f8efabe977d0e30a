import type { HostArray } from '../graph/value.ts';
import { type ElementType, type Literal, literalText } from '../onnx/model.ts';
import { constantOf, type DynamicSize, type Formula, fitFormula, fitPower, formulaText } from './formula.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { type Pattern, patternOf } from './host-data.ts';

/** Turns what differs from recording to recording into nodes that compute it from the sizes. */
export class SizeExpressions {
  readonly #graph: GraphBuilder;
  readonly #outer: readonly DynamicSize[];
  /** Sizes that operators inside the graph brought about, such as a pooling's. */
  readonly #inner: DynamicSize[] = [];
  /** Sums among the sizes so far, by their text. */
  readonly #sums = new Map<string, Formula>();

  constructor(graph: GraphBuilder, outer: readonly DynamicSize[]) {
    this.#graph = graph;
    this.#outer = outer;
  }

  /** The sizes of a value that is in the graph: where no formula gives one, it is looked up when the graph runs. */
  shapeOf(value: string, shapes: readonly (readonly number[])[]): readonly Formula[] {
    return shapes[0]!.map((_, axis) => {
      const values = shapes.map((shape) => shape[axis]!);
      const known = this.#fit(values, false);
      if (known) return known;
      const size: DynamicSize = { name: `${value}_dim_${axis}`, values };
      this.#graph.see(size, value, axis);
      this.#inner.push(size);
      return { terms: [{ factor: 1, sizes: [size] }], divisor: 1 };
    });
  }

  /** @throws naming `what` where its sizes follow from no others */
  shape(shapes: readonly (readonly number[])[], what: string): readonly Formula[] {
    if (shapes.some((shape) => shape.length !== shapes[0]!.length))
      throw this.#unknown(what, shapes.map(String));
    return shapes[0]!.map((_, axis) =>
      this.whole(
        shapes.map((shape) => shape[axis]!),
        what,
      ),
    );
  }

  /** @throws naming `what` where the numbers follow from no sizes */
  whole(values: readonly number[], what: string): Formula {
    const formula = values.every(Number.isInteger) && this.#fit(values, true);
    if (!formula) throw this.#unknown(what, values.map(String));
    return formula;
  }

  /** A scalar of that type. */
  number(values: readonly number[], type: ElementType, what: string): string {
    if (values.every((value) => Object.is(value, values[0]))) return this.#graph.scalar(values[0]!, type);
    const formula = values.every(Number.isInteger) && this.#fit(values, true);
    if (formula) return this.#graph.sizeScalar(formula, type);
    const power = type === 'float32' && fitPower(values, this.#outer, this.#inner);
    if (!power) throw this.#unknown(what, values.map(String));
    return this.#graph.power(power);
  }

  /** A part of the graph that may have sizes in it: a list of axes' ends, a shape, a fill. */
  literal(literals: readonly Literal[], what: string): string {
    const [first] = literals as [Literal];
    if (literals.every((literal) => literalText(literal) === literalText(first)))
      return this.#graph.literal(first);
    const lists = literals.map(({ values, dims }) =>
      typeof values === 'number' && dims.length === 0 ? [values] : values,
    );
    if (lists.every((list) => typeof list === 'number')) {
      const scalar = this.number(lists, first.type, what);
      return this.#graph.node('Expand', [
        scalar,
        this.#graph.sizes(
          this.shape(
            literals.map(({ dims }) => dims),
            what,
          ),
        ),
      ]);
    }
    const numbers = lists.map((list) => (typeof list === 'number' ? [] : list));
    if (first.dims.length === 0) {
      const values = numbers.map(([value]) => value!);
      return this.number(values, first.type, what);
    }
    return this.#graph.cast(this.#graph.sizes(this.shape(numbers, what)), 'int64', first.type);
  }

  /** A reshaping to those shapes. */
  reshape(
    value: string,
    from: readonly Formula[],
    to: readonly Formula[],
    name: string,
    output?: string,
  ): string {
    const texts = from.map(formulaText);
    // Sizes that stay where they are, and one more, need not be computed.
    const kept = to.map(
      (formula, axis) => constantOf(formula) === null && formulaText(formula) === texts[axis],
    );
    const unknown = to
      .map((formula, axis) => (constantOf(formula) === null && !kept[axis] ? axis : -1))
      .filter((axis) => axis >= 0);
    const inferred = unknown.toSorted((a, b) => weight(to[b]!) - weight(to[a]!))[0];
    const shape = to.map((formula, axis): Formula => {
      if (axis === inferred) return { terms: [{ factor: -1, sizes: [] }], divisor: 1 };
      return kept[axis] ? { terms: [], divisor: 1 } : formula;
    });
    return this.#graph.node('Reshape', [value, this.#graph.sizes(shape)], {
      name,
      ...(output !== undefined && { outputs: [output] }),
    });
  }

  /** A tensor that JavaScript wrote at each recording, other numbers each time. */
  hostData(
    numbers: readonly HostArray[],
    shapes: readonly (readonly number[])[],
    type: ElementType,
    what: string,
  ): string {
    const patterns = numbers.map((array, i) => patternOf(array, shapes[i]!));
    const formulas = this.shape(shapes, what);
    const ranks = formulas.length;
    const of = <K extends Pattern['kind']>(kind: K): Extract<Pattern, { kind: K }>[] | null =>
      patterns.every((pattern) => pattern?.kind === kind)
        ? (patterns as Extract<Pattern, { kind: K }>[])
        : null;

    const filled = of('filled');
    if (filled) {
      const values = filled.map(({ value }) => value);
      return this.#expand(this.number(values, type, what), formulas);
    }
    const ramps = of('ramp');
    if (ramps?.every(({ steps }) => steps.every((step, axis) => step === ramps[0]!.steps[axis]))) {
      const start = this.number(
        ramps.map((ramp) => ramp.start),
        type,
        what,
      );
      const terms = ramps[0]!.steps.flatMap((step, axis) => {
        if (step === 0) return [];
        const range = this.#graph.range(formulas[axis]!, type, ranks, axis);
        return [step === 1 ? range : this.#graph.node('Mul', [range, this.#graph.scalar(step, type)])];
      });
      const zero = ramps.every((ramp) => ramp.start === 0);
      const sum = [...terms, ...(zero ? [] : [start])].reduce((a, b) => this.#graph.node('Add', [a, b]));
      return terms.length === ranks ? sum : this.#expand(sum, formulas);
    }
    const triangles = of('triangle');
    if (
      triangles?.every(({ above, below }) => above === triangles[0]!.above && below === triangles[0]!.below)
    ) {
      const diagonal = this.number(
        triangles.map((triangle) => triangle.diagonal),
        'int64',
        what,
      );
      const [rows, columns] = [ranks - 2, ranks - 1].map((axis) =>
        this.#graph.range(formulas[axis]!, 'int64', ranks, axis),
      ) as [string, string];
      const none = triangles.every((triangle) => triangle.diagonal === 0);
      const last = none ? rows : this.#graph.node('Add', [rows, diagonal]);
      const isAbove = this.#graph.node('Greater', [columns, last]);
      const leading = formulas.slice(0, -2).every((formula) => constantOf(formula) === 1);
      if (type === 'bool') {
        const chosen = triangles[0]!.above === 1 ? isAbove : this.#graph.node('Not', [isAbove]);
        return leading ? chosen : this.#expand(chosen, formulas);
      }
      const { above, below } = triangles[0]!;
      const chosen = this.#graph.node('Where', [
        isAbove,
        this.#graph.scalar(above, type),
        this.#graph.scalar(below, type),
      ]);
      return leading ? chosen : this.#expand(chosen, formulas);
    }
    throw new Error(
      `exportOnnx: expected all numbers to come from the inputs or from captured tensors, got ${what} whose numbers JavaScript ` +
        'wrote anew at each call: they depend on sizes, on the data of an input or on chance. Compute it with tfjs operations from ' +
        'the inputs, pass it in as an input, or leave out dropout and the like.',
    );
  }

  #fit(values: readonly number[], fractions: boolean): Formula | null {
    const formula = fitFormula(values, this.#outer, this.#inner, fractions, [...this.#sums.values()]);
    if (formula && formula.terms.length > 1) this.#sums.set(formulaText(formula), formula);
    return formula;
  }

  #expand(value: string, formulas: readonly Formula[]): string {
    return this.#graph.node('Expand', [value, this.#graph.sizes(formulas)]);
  }

  #unknown(what: string, values: readonly string[]): Error {
    const sizes = this.#outer.map(({ name, values: of }) => `${name} = ${of.join(', ')}`).join('; ');
    return new Error(
      `exportOnnx: expected ${what} to follow from ${this.#outer.map(({ name }) => name).join(' and ') || 'nothing but its own graph'}, ` +
        `got ${values.join(', ')} at ${sizes || 'equal sizes'}. Leave the axis out of dynamicAxes, compute the number otherwise, ` +
        'or give sizes that the function can take (option sizes).',
    );
  }
}

/** How much it takes to compute. */
function weight({ terms, divisor }: Formula): number {
  return terms.reduce((sum, { sizes }) => sum + 1 + sizes.length, divisor);
}
