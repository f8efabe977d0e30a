/** An instance of one of our WebAssembly modules (scripts/assemble.ts). @typeParam Exports what its .wat exports */
export function instantiate<Exports>(binary: string): Exports {
  const bytes = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0));
  // The .wat and `Exports` are written side by side.
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Exports;
}
