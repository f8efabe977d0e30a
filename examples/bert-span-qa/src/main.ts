// Question answering: a small BERT learns from nothing to find the answer to a question in a document. [CLS] question [SEP]
// document [SEP] goes in, and out come two places, where the answer starts and where it ends (Devlin et al. 2019, figure 4c);
// both at [CLS] means that the document does not say.
import { parameterCount, RandomStream } from '@tenon/core';
import { fallingLoss, printTable, runExample } from '@tenon/example-kit';
import { QuestionAnswering } from '@tenon/heads';
import { type BertConfig, bert, bertTiny } from '@tenon/models';
import { trainWordPiece } from '@tenon/tokenizers/training';
import { spanExtraction, Trainer } from '@tenon/trainers';
import { progressBar } from '@tenon/trainers/progress';
import { htmlReport } from '@tenon/trainers/report';
import { baselines, madeQuestions, ownQuestions } from './questions.ts';

await runExample(
  {
    purpose: 'A small BERT learns from nothing to find the answers to questions in documents.',
    data: 'questions of your own in the layout of SQuAD 1.1 or 2.0 (JSON); a tenth is held out',
    options: { epochs: { text: 'passes over the questions', value: 3, short: 1 } },
  },
  async (run) => {
    const { data, epochs, seed, out, signal } = run;
    const { train, heldOut, language, maxLength, maxAnswerLength } =
      data === undefined ? madeQuestions(run) : await ownQuestions(data, seed);
    const versionTwo = train.some(({ isImpossible }) => isImpossible);

    const texts = new Set(train.flatMap(({ question, context }) => [question, context]));
    const vocabularySize = data === undefined ? 600 : 8000;
    const tokenizer = await trainWordPiece([...texts], { vocabularySize, lowercase: true });
    const config: BertConfig = {
      ...bertTiny,
      ...{ vocabularySize: tokenizer.vocabularySize, contextLength: maxLength, pooler: false },
      ...{ hiddenSize: 96, layers: 3, heads: 4, feedForwardSize: 288 },
      ...{ dropout: 0, attentionDropout: 0, initializerRange: 0.1 },
    };
    using model = new QuestionAnswering(bert(config, { random: new RandomStream(seed) }));
    console.log(`questions ${train.length} to learn from, ${heldOut.length} about other documents held out
model     BERT, 3 layers of 96, ${parameterCount(model)} parameters, ${config.vocabularySize} tokens`);

    const others = baselines(heldOut, language);
    const trainer = new Trainer({
      model,
      task: spanExtraction({
        tokenizer,
        maxLength,
        padToMultipleOf: maxLength / 8,
        maxAnswerLength,
        versionTwo,
        language,
      }),
      args: {
        learningRate: 1e-3,
        adamBeta2: 0.98,
        lrSchedulerType: 'cosine',
        warmupRatio: 0.05,
        perDeviceTrainBatchSize: 16,
        perDeviceEvalBatchSize: 32,
        groupByLength: true,
        numTrainEpochs: epochs,
        evalSteps: run.short ? 8 : 300,
        seed,
      },
      trainDataset: train,
      evalDataset: heldOut,
      callbacks: [
        progressBar(),
        fallingLoss(),
        htmlReport(`${out}/report.html`, { title: 'Question answering with BERT', baselines: others }),
      ],
      signal,
    });
    await trainer.train();
    if (signal.aborted) return;

    const predictions = await trainer.predict(heldOut);
    for (const i of [...heldOut.keys()].slice(0, 8)) {
      const { question, context, answers } = heldOut[i]!;
      const answer = predictions[i]!.text;
      if (context !== heldOut[i - 1]?.context) console.log(`\n${context}`);
      const right = answers.length === 0 ? answer === '' : answers.some(({ text }) => text === answer);
      const expected = right ? '' : `   (expected ${answers[0]?.text ?? 'no answer'})`;
      console.log(`  ${question}   ${answer || '(no answer)'}${expected}`);
    }
    const scores = await trainer.evaluate();
    const columns = [scores, ...Object.values(others)] as readonly Readonly<Record<string, number>>[];
    printTable(
      ['held out', 'BERT', ...Object.keys(others)],
      ['exactMatch', 'f1'].map((name) => [name, ...columns.map((column) => column[name]!)]),
    );
  },
);
