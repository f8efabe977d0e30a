/** Takes the tokens that a stage gives on. */
type Emit = (token: string, added: boolean) => void;

/** One step of decoding, with the state of one text: tokens in, tokens out, as early as they are certain. */
export interface Stage {
  /** @param added whether the token is an added one, which stands for itself */
  push(token: string, added: boolean, emit: Emit): void;
  /** The end of the text; the stage is as new afterwards. */
  end(emit: Emit): void;
}

/** A kind of stage, to be started anew for every text. */
export interface Decoder {
  start(): Stage;
  /** Whether it makes one token of all, of which it gives out the beginnings as they come. */
  readonly fuses: boolean;
  /** What does the same to a text that comes in parts, where waiting for the end can be avoided. */
  readonly onFused?: Decoder;
}

/** A decoder that looks at one token at a time. */
export function perToken(change: (token: string, index: number, added: boolean) => string): Decoder {
  return {
    fuses: false,
    start() {
      let index = 0;
      return {
        push: (token, added, emit) => emit(change(token, index++, added), added),
        end: () => {
          index = 0;
        },
      };
    },
  };
}

/** Several decoders, one after the other. What follows a fusing one sees one token. */
export function sequence(decoders: readonly Decoder[]): Decoder {
  const whole: Decoder[] = [];
  let fused = false;
  for (const decoder of decoders) {
    whole.push(fused && !decoder.fuses ? onWhole(decoder) : decoder);
    fused ||= decoder.fuses;
  }
  return { fuses: fused, start: () => chain(whole.map((decoder) => decoder.start())) };
}

function chain(stages: readonly Stage[]): Stage {
  const push = (from: number, token: string, added: boolean, emit: Emit): void => {
    const stage = stages[from];
    if (stage === undefined) emit(token, added);
    else stage.push(token, added, (next, stillAdded) => push(from + 1, next, stillAdded, emit));
  };
  return {
    push: (token, added, emit) => push(0, token, added, emit),
    end(emit) {
      for (const [i, stage] of stages.entries()) {
        stage.end((token, added) => push(i + 1, token, added, emit));
      }
    },
  };
}

/** Makes a decoder wait for the end, and look at all of the text as one token. */
function onWhole(decoder: Decoder): Decoder {
  if (decoder.onFused !== undefined) return decoder.onFused;
  return {
    fuses: true,
    start() {
      const stage = decoder.start();
      let text = '';
      return {
        push(token) {
          text += token;
        },
        end(emit) {
          stage.push(text, false, emit);
          text = '';
          stage.end(emit);
        },
      };
    },
  };
}
