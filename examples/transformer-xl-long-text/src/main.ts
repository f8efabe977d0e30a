// Trains a small Transformer-XL (Dai et al. 2019) on a text that goes on beyond its segments, and measures what its memory
// is worth: the loss of words that ask for what was said long before, with the memory and without.
import { parameterCount, RandomStream } from '@tenon/core';
import { segmentBatches } from '@tenon/data';
import { printTable, runExample } from '@tenon/example-kit';
import { generate } from '@tenon/generation';
import { CausalLM } from '@tenon/heads';
import { type TransformerXLConfig, transformerXL, transformerXLEnwik8 } from '@tenon/models';
import { Trainer } from '@tenon/trainers';
import { progressBar } from '@tenon/trainers/progress';
import { htmlReport } from '@tenon/trainers/report';
import { tokenLosses } from './losses.ts';
import { byDistance, type LossGroup, recallSection } from './recall.ts';
import { ownText, storyText } from './text.ts';

const SEGMENT = 32; // tokens that are read, and learnt from, at a time
const MEMORY = 128; // tokens of the segments before that are remembered
const STREAMS = 16; // places of the text that are read side by side

await runExample(
  {
    purpose: 'A Transformer-XL learns stories whose ends ask for their beginnings.',
    data: 'a text of your own, of at least 20,000 characters; it is read by its characters',
    options: { steps: { text: 'updates of the weights', value: 2000, short: 12 } },
  },
  async (run) => {
    const { data, steps, seed, out, signal } = run;
    const text = data === undefined ? await storyText(run) : await ownText(data);
    const { tokenizer, train, heldOut, prompt, end } = text;
    const config: TransformerXLConfig = {
      ...transformerXLEnwik8,
      ...{ vocabularySize: tokenizer.vocabularySize, segmentLength: SEGMENT, memoryLength: MEMORY },
      ...{ hiddenSize: 96, embeddingSize: 96, layers: 2, heads: 4, headSize: 24, feedForwardSize: 288 },
      ...{ preNorm: true, dropout: 0, initializerRange: 0.1, projectionInitializerRange: 0.1 },
    };
    const backbone = transformerXL(config, { random: new RandomStream(seed) });
    using model = new CausalLM(backbone);
    console.log(`text      ${text.name}: ${train.length} ${text.unit}s to learn from, ${heldOut.length} held out
model     Transformer-XL, 2 layers of 96, ${parameterCount(model)} parameters, segments of ${SEGMENT}, memory of ${MEMORY}`);

    let results: { readonly memory: LossGroup[]; readonly none: LossGroup[] } | undefined;
    const measure = async (memory: boolean): Promise<LossGroup[]> =>
      byDistance(await tokenLosses(model, heldOut, { length: SEGMENT, memory }), text.recalls, SEGMENT);
    const segments = { length: SEGMENT, dropLast: true };
    const trainer = new Trainer({
      model,
      args: {
        maxSteps: steps,
        learningRate: 3e-3,
        adamBeta2: 0.98,
        lrSchedulerType: 'cosine',
        warmupRatio: 0.05,
        evalSteps: Math.ceil(steps / 8),
        seed,
      },
      trainBatches: segmentBatches(train, {
        ...segments,
        batchSize: STREAMS,
        epochs: Number.POSITIVE_INFINITY,
      }),
      evalBatches: () => segmentBatches(heldOut, { ...segments, batchSize: STREAMS }),
      state: () => backbone.initialState!(STREAMS), // the memory: filled by one segment, read by the next
      callbacks: [
        progressBar(),
        htmlReport(`${out}/report.html`, {
          title: 'A memory beyond the segment',
          summary: `Transformer-XL on ${text.name}, read in segments of ${SEGMENT} ${text.unit}s.`,
          sections: async () => {
            results ??= { memory: await measure(true), none: await measure(false) };
            return [recallSection(results.memory, results.none)];
          },
        }),
      ],
      signal,
    });
    await trainer.train();
    if (signal.aborted || results === undefined) return;

    printTable(
      [`held out, said so many ${text.unit}s ago`, 'how many', 'loss with memory', 'without'],
      results.memory.map(({ name, count, loss }, i) => [name, count, loss, results!.none[i]!.loss]),
    );
    // What the stories ask for has one answer; any other text goes on in many ways, of which the likeliest is a dull one.
    const choice = text.unit === 'word' ? ({ greedy: true } as const) : { temperature: 0.7, seed };
    const goOn = async (from: Int32Array): Promise<string> =>
      tokenizer.decode((await generate(backbone, from, { ...choice, maxNewTokens: end.length })).tokens);
    console.log(`\n${tokenizer.decode(prompt)} …\n
as told   … ${tokenizer.decode(end)}
memory    … ${await goOn(prompt)}
without   … ${await goOn(prompt.subarray(-SEGMENT))}`);
  },
);
