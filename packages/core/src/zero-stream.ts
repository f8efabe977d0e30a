import { formatShape, TenonError } from './errors.ts';
import { RandomKey, RandomStream } from './random.ts';

/** What a model that is to be loaded may ask for at most. */
export interface ZeroLimits {
  readonly parameters: number;
  /** Numbers in all of them together. */
  readonly values: number;
}

/** Bytes of the largest array that several parameters of zeros are parts of. */
const MOST_ZEROS = 2 ** 27;

/**
 * A stream for models that are to be loaded: parameters made from it are zeros whatever their initializers, and take no
 * memory yet. Drawing the weights of GPT-2 Small takes longer than reading them.
 */
export class ZeroStream extends RandomStream {
  readonly #limits: ZeroLimits;
  readonly #made: { dispose(): void }[] = [];
  #zeros = new ArrayBuffer(0);
  /** Bytes of it that are given away. */
  #given = 0;
  #parameters = 0;
  #values = 0;

  /** @param limits what the checkpoint can fill; without them, as much as is asked for. */
  constructor(limits: ZeroLimits = { parameters: Infinity, values: Infinity }) {
    super(0);
    this.#limits = limits;
  }

  /**
   * The first values of a parameter.
   *
   * @throws {TenonError} when the model asks for more than its limits: a damaged `config.json` would fill the memory.
   */
  zeros(shape: readonly number[]): Float32Array {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    this.#parameters++;
    this.#values += size;
    const { parameters, values } = this.#limits;
    if (this.#parameters <= parameters && this.#values <= values) return this.#take(size);
    throw new TenonError({
      subject: 'model',
      expected: `at most ${parameters} parameters with ${values} values, as its checkpoint could fill`,
      got: `a configuration that wants more (the next is ${formatShape(shape)})`,
      advice: 'Check that config.json belongs to these weights.',
    });
  }

  /**
   * A part of a large array that overlaps no other. V8 collects garbage whenever some 32 MB of new arrays have come
   * together: with an array for each parameter, that takes longer than reading the weights.
   */
  #take(size: number): Float32Array {
    const bytes = size * Float32Array.BYTES_PER_ELEMENT;
    if (this.#given + bytes > this.#zeros.byteLength) {
      const soFar = this.#values * Float32Array.BYTES_PER_ELEMENT;
      this.#zeros = new ArrayBuffer(Math.max(bytes, Math.min(soFar, MOST_ZEROS)));
      this.#given = 0;
    }
    const part = new Float32Array(this.#zeros, this.#given, size);
    this.#given += part.byteLength;
    return part;
  }

  /** Notes a parameter that was made from the stream. */
  remember(parameter: { dispose(): void }): void {
    this.#made.push(parameter);
  }

  /** Frees what was made, of a model whose building has failed. */
  disposeParameters(): void {
    for (const parameter of this.#made) parameter.dispose();
  }

  override next(): RandomKey {
    return new ZeroKey(0);
  }
}

class ZeroKey extends RandomKey {
  override bits(count: number): Uint32Array {
    return new Uint32Array(count);
  }

  override normal(count: number): Float32Array {
    return new Float32Array(count);
  }
}
