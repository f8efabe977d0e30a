/**
 * How much of each text is kept so that `room` tokens are: the longer gives way, token by token, and of equal ones the
 * second. So do BERT's own program and Hugging Face's Python tokenizers; those in Rust let the first give way.
 */
export function longestFirst(first: number, second: number, room: number): [first: number, second: number] {
  if (first + second <= room) return [first, second];
  const half = Math.floor(room / 2);
  if (second <= half) return [room - second, second];
  return first <= room - half ? [first, room - first] : [room - half, half];
}
