// What Tenon's packages agree on. B examples, T tokens, C channels, H heads, V vocabulary.
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Initializer } from './initializers.ts';
import type { Module, Parameter } from './module.ts';
import type { RandomStream } from './random.ts';
import type { StateDict } from './state-dict.ts';

/** What a model reads. Each model says which of these it takes. */
export interface ModelInput {
  /** int32 [B, T] */
  readonly inputIds?: Tensor2D;
  /** float32 [B, T, C], instead of `inputIds`. */
  readonly inputEmbeds?: Tensor3D;
  /** int32 [B, T, 50]: the characters of each token (ELMo). */
  readonly characterIds?: Tensor3D;
  /** int32 [B, T], 1 = token, 0 = padding; absent = all are tokens. */
  readonly attentionMask?: Tensor2D;
  /** int32 [B, T]: the kind of each token, 0 or 1 in a pair of texts; models that tell no kinds apart do not look at them. */
  readonly tokenTypeIds?: Tensor2D;
  /** int32 [B, T]; absent = counted from the state's length on. */
  readonly positionIds?: Tensor2D;
}

export interface EncodeOptions {
  /** Dropout is on. @default false */
  readonly training?: boolean;
  /** Where dropout draws from; needed when `training` and the model has dropout. */
  readonly random?: RandomStream;
  /** What the previous segment left behind. It is advanced in place and comes back in `Encoded.state`. */
  readonly state?: RecurrentState;
  /** Return `hiddenStates`. @default false */
  readonly hiddenStates?: boolean;
  /** Return `attentions`. @default false */
  readonly attentions?: boolean;
}

/** A key/value cache, a Transformer-XL memory or an LSTM state. It owns its tensors. */
export interface RecurrentState {
  /** Tokens seen so far. */
  readonly length: number;
  /** Tokens it has room for; `Infinity` where old ones are let go. */
  readonly capacity: number;
  /** All that it remembers, `length` among it, copied: tokens that come later do not change it. */
  stateDict(): StateDict;
  /**
   * Goes back to what `stateDict` gave, in place: here, or in another state of the same sizes.
   *
   * @throws {StateDictError} naming every missing, unexpected and mis-shaped entry; then nothing was changed.
   */
  loadStateDict(weights: StateDict): void;
  /** Empties it in place, as it was made: no shape changes, so that what was recorded goes on to serve. */
  reset(): void;
  dispose(): void;
}

export interface Encoded {
  /** [B, T, C] */
  readonly lastHidden: Tensor3D;
  /** Output of the embeddings, then of every layer: L + 1 tensors [B, T, C]. */
  readonly hiddenStates?: readonly Tensor3D[];
  /** Attention weights, a tensor [B, H, T, S] a layer. */
  readonly attentions?: readonly Tensor4D[];
  /** [B, C] */
  readonly pooled?: Tensor2D;
  readonly state?: RecurrentState;
}

/** Vocabulary scores from hidden states: a tied linear map or an adaptive softmax. */
export interface Scorer {
  /** [..., C] to [..., V]. */
  logits(hidden: Tensor): Tensor;
  /** Hidden states [N, C] and targets int32 [N] to −log p [N]; a negative target gives 0. */
  negativeLogLikelihood(hidden: Tensor2D, targets: Tensor1D): Tensor1D;
}

/**
 * Which vector stands for a whole sequence: `pooled` as the model gives it, the `first` or the `last` token's, or
 * the `mean` over the tokens.
 */
export type Pooling = 'pooled' | 'first' | 'last' | 'mean';

/** What heads take from the model under them where their own options are silent. */
export interface HeadDefaults {
  /** @default 'pooled' where the model gives one, else 'last' */
  readonly pooling?: Pooling;
  /** Dropout before a classifier. @default 0.1 */
  readonly dropout?: number;
  /** Whether a classifier adds a bias. @default true */
  readonly bias?: boolean;
  /** First weights. @default normal(0.02) */
  readonly weight?: Initializer;
  /** By the names of @tenon/layers. @default 'gelu' */
  readonly activation?: string;
  /** @default 1e-12 */
  readonly layerNormEpsilon?: number;
}

/** A model without a head. Heads, trainers and generation know models only as this. */
export interface Backbone extends Module {
  readonly hiddenSize: number;
  /** Absent where the model has no vocabulary scores. */
  readonly scorer?: Scorer;
  /** [V, E]: the token embeddings, for heads that tie theirs to them. */
  readonly tokenEmbedding?: Parameter<Tensor2D>;
  readonly headDefaults?: HeadDefaults;
  /** The most tokens a sequence can have, where there is a limit. */
  readonly contextLength?: number;
  encode(input: ModelInput, options?: EncodeOptions): Encoded;
  /** An empty state for `batchSize` sequences of at most `capacity` tokens, where the model has one. */
  initialState?(batchSize: number, capacity: number): RecurrentState;
}

/** A source text that a decoder attends to: what `EncoderDecoder.encode` gave, and which of its tokens are padding. */
export interface EncodedSource {
  /** [B, S, C] */
  readonly hidden: Tensor3D;
  /** int32 [B, S], 1 = token, 0 = padding; absent = all are tokens. */
  readonly attentionMask?: Tensor2D;
}

/** A model without a head that reads one text, and writes another from it. */
export interface EncoderDecoder extends Module {
  readonly hiddenSize: number;
  /** Vocabulary scores from what `decode` gives. */
  readonly scorer: Scorer;
  /** The most tokens that either text can have, where there is a limit. */
  readonly contextLength?: number;
  /** The token that a target begins with. */
  readonly decoderStartTokenId: number;
  readonly padTokenId: number;
  /** Reads the source. It takes no state. */
  encode(input: ModelInput, options?: EncodeOptions): Encoded;
  /**
   * Reads the target so far: each token sees those before it and the whole source. With a state only new tokens are
   * given, always for the same source.
   */
  decode(target: ModelInput, source: EncodedSource, options?: EncodeOptions): Decoded;
  /** An empty state of the decoder for `batchSize` targets of at most `capacity` tokens. */
  initialState(batchSize: number, capacity: number): RecurrentState;
}

export interface Decoded extends Encoded {
  /** Attention of the target's T tokens to the source's S, a tensor [B, H, T, S] a layer. */
  readonly crossAttentions?: readonly Tensor4D[];
}

/** A model without a head. */
export type BaseModel = Backbone | EncoderDecoder;

/** The tasks that heads are made for. A checkpoint's architecture names one of them. */
export type Task =
  | 'causalLM'
  | 'bidirectionalLM'
  | 'maskedLM'
  | 'nextSentence'
  | 'pretraining'
  | 'sequenceClassification'
  | 'tokenClassification'
  | 'questionAnswering'
  | 'multipleChoice'
  | 'doubleHeads'
  | 'similarity'
  | 'value'
  | 'seq2seqLM';

/** What a label is: a number, one of several classes, or any number of them at once. Hugging Face's `problem_type`. */
export type ProblemType = 'regression' | 'singleLabelClassification' | 'multiLabelClassification';

/** What a checkpoint's `config.json` says about its head. */
export interface HeadSettings {
  /** The names of the classes by their numbers. */
  readonly labels?: readonly string[];
  readonly problemType?: ProblemType;
}

/** A backbone with a head: what is trained for a task, and saved under the task's architecture. */
export interface TaskModel extends Module, HeadSettings {
  readonly task: Task;
  readonly backbone: BaseModel;
}

/** The class of a head: `fromPretrained` builds it on the backbone that it loads. */
export interface TaskModelClass<Body extends BaseModel, Options, Model extends TaskModel> {
  readonly task: Task;
  new (backbone: Body, options: Options): Model;
}

export interface StepContext {
  readonly training: boolean;
  readonly random?: RandomStream;
  readonly state?: RecurrentState;
  /** Return `logits`, where the objective has any to give. @default false */
  readonly logits?: boolean;
}

/** The scores that a head gives: one tensor, or several by their names. (A type, so that `tf.tidy` takes it.) */
export type Logits = Tensor | { readonly [name: string]: Tensor };

/** What a trainer minimises. Labels of −100 are ignored. */
export interface Objective<Batch> extends Module {
  loss(batch: Batch, context: StepContext): ObjectiveValue;
  /**
   * How many things a batch's loss is the mean over: its weight beside other batches. Batches come from arrays, so that
   * they may be read.
   * @default what the batch's labels tell
   */
  countOf?(batch: Batch): number;
}

export interface ObjectiveValue {
  /** The mean over what was counted. */
  readonly loss: Scalar;
  /** Named shares of the loss, for the log. */
  readonly parts?: Readonly<Record<string, Scalar>>;
  readonly state?: RecurrentState;
  /**
   * The scores that the loss is of, as the head's `logits` gives them, those of a whole vocabulary left out. Only where
   * the context asks for them.
   */
  readonly logits?: Logits;
}

/** What `JSON.parse` can return. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Batches without end or up to one, and a place in them that can be written down and returned to. */
export interface BatchSource<Batch> {
  /** Batches of one pass over the data; absent where nobody knows. */
  readonly batchesPerEpoch?: number;
  /** The next batch, or `undefined` after the last. The caller disposes of its tensors. */
  next(): Promise<Batch | undefined>;
  /** The place before the next batch. */
  position(): Json;
  /** Goes to a place that `position` gave, so that `next` gives the same batches as it did from there. */
  seek(position: Json): void;
}

/** How one task's model is written down in a checkpoint. */
export interface TaskLayout<Config = unknown> {
  /** `config.json`'s `architectures[0]`. */
  readonly architecture: string;
  /** The head's parameters by their paths in the task model, and their names in the checkpoint. */
  readonly head: Readonly<Record<string, string>>;
  /** The backbone's place where the task has another than the layout says: Llama's in question answering. */
  readonly prefix?: string;
  /** What of the backbone's config the task decides: BERT's question answering has no pooler. */
  readonly config?: Partial<Config>;
}

export interface BuildOptions {
  /** Where the first weights are drawn from. @default new RandomStream(42) */
  readonly random?: RandomStream;
}

/**
 * What a model file exports: the builder of the model, and how a checkpoint and the model meet.
 * `gpt2(config)` builds; `fromPretrained(gpt2, folder)` loads.
 */
export interface ModelSpec<Config, Model extends BaseModel = BaseModel> extends ModelLayout<Config> {
  (config: Config, options?: BuildOptions): Model;
}

export interface ModelLayout<Config> {
  /** `config.json`'s `model_type`. */
  readonly modelType: string;
  /** `config.json`'s `architectures[0]` for the backbone by itself: `GPT2Model`. */
  readonly architecture?: string;
  /** The backbone's place in a checkpoint with a head: `transformer.`, `bert.`. */
  readonly prefix: string;
  /** The backbone's parameters that stand beside the prefix, under their own names: an output matrix that is not tied. */
  readonly outside?: RegExp;
  /** The backbone's parameters that a checkpoint may be without, BERT's pooler: then they keep their first values. */
  readonly optional?: RegExp;
  /** Reads a `config.json`. @throws {TenonError} about what it does not understand. */
  parseConfig(json: Json): Config;
  /** A `config.json` that `parseConfig` reads back to the same. */
  formatConfig(config: Config): { [key: string]: Json };
  /** From the checkpoint's names and layouts to the backbone's; absent where they are the same. */
  sanitize?(weights: StateDict, config: Config): StateDict;
  /** The way back. */
  unsanitize?(weights: StateDict, config: Config): StateDict;
  readonly tasks: Readonly<Partial<Record<Task, TaskLayout<Config>>>>;
  /** How the release of OpenAI's own files is read, where there is one. */
  readonly release?: ReleaseLayout<Config>;
}

/** Weights that were published as arrays without names, in the order of the training program. */
export interface ReleaseLayout<Config> {
  /** What the arrays' shapes say about the model; the rest is as in its paper. */
  config(shapes: readonly (readonly number[])[]): Config;
  /** The parameter that each array is. */
  names(config: Config): readonly string[];
}

/** Joins a builder and a layout into a model's spec. */
export function defineModel<Config, Model extends BaseModel>(
  build: (config: Config, options?: BuildOptions) => Model,
  layout: ModelLayout<Config>,
): ModelSpec<Config, Model> {
  return Object.assign((config: Config, options?: BuildOptions) => build(config, options), layout);
}
