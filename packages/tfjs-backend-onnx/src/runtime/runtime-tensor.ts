/** A tensor of ONNX Runtime's own, as its builds have it. */
export interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** Its numbers. Where they are on a device, reading them fails or ends the process. */
  readonly data: unknown;
  /** `cpu` where the numbers are in this process's memory, `gpu-buffer` where they are on a device. */
  readonly location: string;
  /** Lets go of memory on a device. */
  dispose(): void;
}
