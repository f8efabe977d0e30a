import { isLiteral, type Operation } from '../graph/value.ts';
import type { Attributes } from '../onnx/model.ts';

/** Operators that slide a window over an image, whose padding at the end depends on the image's size. */
const WINDOWED: readonly string[] = ['Conv', 'MaxPool', 'AveragePool'];

/** Attributes that say all but what `attributesAtAllSizes` can express at any size. */
export function comparableAttributes({ type, attributes }: Operation): Attributes {
  return WINDOWED.includes(type) ? { ...attributes, pads: [] } : attributes;
}

/**
 * Attributes that serve at every size: the recorded ones, or padding that ONNX works out itself.
 * @throws where there are none
 */
export function attributesAtAllSizes(recorded: readonly Operation[], what: string): Attributes {
  const [{ attributes }] = recorded as [Operation];
  const pads = recorded.map((operation) => operation.attributes['pads'] as readonly number[] | undefined);
  if (pads.every((list) => String(list) === String(pads[0]))) return attributes;
  const axes = pads[0]!.length / 2;
  const begins = pads[0]!.slice(0, axes);
  const { pads: _, ...others } = attributes;
  if (
    recorded.every((operation, i) =>
      windowsOf(operation).every((window, axis) => sameUpper(window, pads[i]![axis]!)),
    )
  ) {
    return { ...others, auto_pad: 'SAME_UPPER' };
  }
  const even = recorded.every((operation, i) =>
    windowsOf(operation).every((window, axis) => {
      return pads[i]![axis] === begins[axis] && outputSize(window, 2 * begins[axis]!) === window.output;
    }),
  );
  if (even) return { ...others, pads: [...begins, ...begins] };
  throw new Error(
    `exportOnnx: expected the padding of ${what} to be the same or 'same' at all sizes, got ${pads.map((list) => `[${list}]`).join(', ')}. ` +
      'Leave height and width out of dynamicAxes, or use another padding.',
  );
}

/** A window along one axis. */
interface Window {
  readonly input: number;
  readonly output: number;
  readonly stride: number;
  /** With its gaps. */
  readonly length: number;
}

function windowsOf({ attributes, inputs, outputs }: Operation): Window[] {
  const image = inputs[0]!;
  const shape = isLiteral(image) ? image.dims : image.shape;
  // As graph/kernels write them.
  const list = (name: string): readonly number[] | undefined =>
    attributes[name] as readonly number[] | undefined;
  return list('kernel_shape')!.map((size, axis) => ({
    input: shape[axis + 2]!,
    output: outputs[0]!.shape[axis + 2]!,
    stride: list('strides')?.[axis] ?? 1,
    length: (size - 1) * (list('dilations')?.[axis] ?? 1) + 1,
  }));
}

function outputSize({ input, stride, length }: Window, padding: number): number {
  return Math.floor((input + padding - length) / stride) + 1;
}

/** Whether this is ONNX's SAME_UPPER: input / stride windows, rounded up, the odd one of the padding at the end. */
function sameUpper({ input, output, stride, length }: Window, before: number): boolean {
  const total = Math.max(0, (output - 1) * stride + length - input);
  return output === Math.ceil(input / stride) && before === Math.floor(total / 2);
}
