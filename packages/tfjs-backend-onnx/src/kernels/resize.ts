import { record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { fromChannelsFirst, toChannelsFirst } from './image.ts';

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
  readonly size: [number, number];
}

/** images [N, H, W, C] -> [N, H', W', C]. */
export const resize: LoweredKernel[] = (['ResizeBilinear', 'ResizeNearestNeighbor'] as const).map((name) =>
  kernel<ResizeAttributes>(name, ({ value, attrs }) => {
    const { alignCorners, halfPixelCenters, size } = attrs;
    if (value('images').type !== 'float32') return undefined;
    const images = toChannelsFirst(value('images'));
    const shape = [...images.shape.slice(0, 2), ...size];
    // tfjs: centres where they are to be, and for the nearest the pixel that they fall into.
    const places = alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric';
    const y = record(
      'Resize',
      [images, NONE, NONE, { type: 'int64', dims: [4], values: shape }],
      {
        shape,
        type: 'float32',
      },
      {
        mode: name === 'ResizeBilinear' ? 'linear' : 'nearest',
        coordinate_transformation_mode: places,
        nearest_mode: places === 'asymmetric' ? 'floor' : 'round_prefer_ceil',
      },
    );
    return fromChannelsFirst(y);
  }),
);

/** Stands for the region of interest and the factors, which are not given: an empty list. */
const NONE = { type: 'float32', dims: [0], values: [] } as const;
