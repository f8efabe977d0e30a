import { type DataId, DataStorage, engine, type KernelBackend } from '@tensorflow/tfjs-core';
import type { LazyValue } from './graph/value.ts';

/** What stands behind a data id. Strings and complex numbers never enter a graph. */
export type TensorData = { references: number } & (
  | { readonly kind: 'value'; value: LazyValue }
  | { readonly kind: 'string'; readonly strings: Uint8Array[] }
  | { readonly kind: 'complex'; readonly real: LazyValue; readonly imaginary: LazyValue }
);

/** The values that a tensor with this data holds. */
export function valuesOf(data: TensorData): readonly LazyValue[] {
  switch (data.kind) {
    case 'string':
      return [];
    case 'complex':
      return [data.real, data.imaginary];
    case 'value':
      return [data.value];
  }
}

/** A data id made here, which leads to its data without a look-up. */
class Handle {
  readonly store: TensorStore;
  data: TensorData | null;

  constructor(store: TensorStore, data: TensorData) {
    this.store = store;
    this.data = data;
  }
}

/**
 * The data of a backend's tensors by data id. tfjs makes thousands of them in a training step, and its own store, a
 * WeakMap, costs the garbage collector more than the rest of the engine: it keeps those that moved here from other backends.
 */
export class TensorStore {
  readonly #moved: DataStorage<TensorData>;
  #handles = 0;

  constructor(backend: KernelBackend) {
    this.#moved = new DataStorage(backend, engine());
  }

  get size(): number {
    return this.#handles + this.#moved.numDataIds();
  }

  add(data: TensorData): DataId {
    this.#handles++;
    return new Handle(this, data);
  }

  /** Tensors that are on another backend are brought here first. */
  get(dataId: DataId): TensorData {
    return this.#here(dataId) ?? this.#moved.get(dataId);
  }

  has(dataId: DataId): boolean {
    return this.#here(dataId) !== null || this.#moved.has(dataId);
  }

  /** Data that comes here under a data id that there is already. */
  set(dataId: DataId, data: TensorData): void {
    this.#moved.set(dataId, data);
  }

  delete(dataId: DataId): void {
    if (this.#here(dataId)) {
      (dataId as Handle).data = null; // what `#here` finds something in is one
      this.#handles--;
    } else this.#moved.delete(dataId);
  }

  #here(dataId: DataId): TensorData | null {
    return dataId instanceof Handle && dataId.store === this ? dataId.data : null;
  }
}
