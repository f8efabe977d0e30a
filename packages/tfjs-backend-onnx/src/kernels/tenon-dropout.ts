import { hostOperation } from '../graph/host-operation.ts';
import { mul } from '../graph/operations.ts';
import { constant, record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { dropoutMask } from '../random/dropout-mask.ts';

interface DropoutAttributes {
  readonly rate: number;
  readonly call: number;
  readonly order: number;
}

/**
 * x [...], counter int32 [2] (seed, step) -> x · mask / (1 − rate). The mask is made on the host, one byte a value,
 * once for the forward pass and the gradient. Each of them widens it for itself: in float32 it would have to
 * wait for the gradient in four times the memory. DequantizeLinear, 0.70 ns a value together with the product,
 * was the fastest form (Cast and two products 0.84, Where and a product 1.14).
 */
export const tenonDropout: LoweredKernel = kernel<DropoutAttributes>('TenonDropout', ({ value, attrs }) => {
  const [x, counter] = [value('x'), value('counter')];
  const { rate, call, order } = attrs;
  const [mask] = hostOperation({
    type: 'DropoutMask',
    attributes: { rate: { float: rate }, call },
    inputs: [counter],
    outputs: [{ shape: x.shape, type: 'uint8' }],
    inPlace: [null],
    run: ([numbers], [out]) => dropoutMask(numbers![0]!, numbers![1]!, call, rate, out as Uint8Array),
  });
  const scale = constant(1 / (1 - rate));
  // With one scale for all the axis means nothing to ONNX; it keeps the two widenings apart.
  const factor = record(
    'DequantizeLinear',
    [mask!, scale],
    { shape: x.shape, type: 'float32' },
    { axis: order % 2 },
  );
  return mul(x, factor);
});
