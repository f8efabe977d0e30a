/** The HDF5 library in WebAssembly. It is loaded when it is first asked for, since few need its megabytes. */
export async function hdf5Library(): Promise<HDF5Library> {
  const library = await import('h5wasm/node');
  await library.ready;
  return library;
}

export type HDF5Library = typeof import('h5wasm/node');
