// Kind "task" of gpt: GPT's input transformations with the heads of its fine-tuning, in the layout of OpenAI's program.
//
// That program scores tokens and positions together: its language model's softmax spans the rows of both tables.
import type { Backbone, Objective, StateDict, TaskModel, TaskModelClass } from '@tenon/core';
import { linearCrossEntropy } from '@tenon/core';
import {
  type GPTBatch,
  type GPTRow,
  type GPTRowOptions,
  gptBatch,
  gptChoiceRows,
  gptPairRow,
  gptSimilarityRows,
  gptTextRow,
} from '@tenon/data';
import { openSafetensors } from '@tenon/checkpoints';
import { CausalLM, MultipleChoice, SequenceClassification, Similarity } from '@tenon/heads';
import { type GPT, gpt } from '@tenon/models';
