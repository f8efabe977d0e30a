/** Copies values to the front of a larger array. */
export function enlarge<A extends Int32Array | Float64Array | Uint8Array>(values: A, larger: A): A {
  larger.set(values);
  return larger;
}
