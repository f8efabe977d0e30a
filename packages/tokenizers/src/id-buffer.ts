/** A growing list of ids in one Int32Array. */
export class IdBuffer {
  values: Int32Array = new Int32Array(256);
  length = 0;

  /** Makes sure that `count` more values fit after `length`. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.values.length) return;
    const larger = new Int32Array(Math.max(needed, this.values.length * 2));
    larger.set(this.values.subarray(0, this.length));
    this.values = larger;
  }

  push(id: number): void {
    this.reserve(1);
    this.values[this.length++] = id;
  }

  /** A copy of the ids so far. */
  toArray(): Int32Array {
    return this.values.slice(0, this.length);
  }
}
