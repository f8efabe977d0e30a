import {
  type BaseModel,
  type ModelSpec,
  type StateDict,
  TenonError,
  type ZeroLimits,
  ZeroStream,
} from '@tenon/core';

/**
 * Builds a model for weights that are then loaded into it: its own values are not drawn, and take no memory.
 *
 * @throws {TenonError} when the configuration asks for what the weights can never fill; then nothing of the model stays.
 */
export function builtFor<Config, Body extends BaseModel>(
  spec: ModelSpec<Config, Body>,
  config: Config,
  weights: StateDict,
): Body {
  const random = new ZeroStream(limitsOf(weights));
  try {
    return spec(config, { random });
  } catch (error) {
    random.disposeParameters();
    if (!(error instanceof RangeError)) throw error;
    // A list of 2 ** 32 layers, for instance.
    throw new TenonError(
      {
        subject: `${spec.modelType} configuration`,
        expected: 'sizes that a model can have',
        got: error.message,
        advice: 'Check that config.json belongs to these weights.',
      },
      { cause: error },
    );
  }
}

/**
 * What a model may ask for whose weights these are said to be. Another size of the same model still passes, and is told
 * everything that does not fit; a damaged configuration does not fill the memory.
 */
function limitsOf(weights: StateDict): ZeroLimits {
  let values = 0;
  for (const { shape } of weights.values()) values += shape.reduce((size, dimension) => size * dimension, 1);
  return { parameters: 1000 + 8 * weights.size, values: 2 ** 22 + 8 * values };
}
