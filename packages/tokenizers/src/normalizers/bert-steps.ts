// Steps of pipelines, spelled as in tokenizer.json, that several families share.

/**
 * Writes a capital sigma after a letter and not before one as `ς`. Characters that have no case and stand within words,
 * such as the apostrophe, are looked past.
 */
export const FINAL_SIGMA: object = {
  type: 'Replace',
  pattern: { Regex: String.raw`(?<=\p{Cased}\p{Case_Ignorable}*)Σ(?!\p{Case_Ignorable}*\p{Cased})` },
  content: 'ς',
};

export interface BertCleaning {
  readonly lowercase?: boolean | undefined;
  readonly stripAccents?: boolean | undefined;
  readonly handleChineseChars?: boolean | undefined;
  readonly cleanText?: boolean | undefined;
  readonly finalSigma?: boolean | undefined;
  readonly keepPrivateUse?: boolean | undefined;
}

/** Controls and formats, tab and line ends apart, and what marks broken text; private use is not among them. */
const CONTROLS: object = {
  type: 'Replace',
  pattern: { Regex: String.raw`[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]|\p{Cf}` },
  content: '',
};

/** BERT's normaliser, with what Google's original does otherwise than Hugging Face's on request. */
export function bertCleaning(options: BertCleaning): object {
  const { finalSigma = false, keepPrivateUse = false, cleanText = true, lowercase = true } = options;
  const normalizer = {
    type: 'BertNormalizer',
    clean_text: cleanText && !keepPrivateUse,
    handle_chinese_chars: options.handleChineseChars ?? true,
    strip_accents: options.stripAccents ?? null,
    lowercase,
  };
  const before = [
    ...(cleanText && keepPrivateUse ? [CONTROLS] : []),
    ...(lowercase && finalSigma ? [FINAL_SIGMA] : []),
  ];
  return before.length === 0 ? normalizer : { type: 'Sequence', normalizers: [...before, normalizer] };
}

/** What a `normalizer` section made by `bertCleaning` cleans, or `undefined` for any other. */
export function recogniseCleaning(
  section: unknown,
): { readonly bert: object; readonly finalSigma: boolean; readonly keepPrivateUse: boolean } | undefined {
  const type = typeof section === 'object' && section !== null ? Reflect.get(section, 'type') : undefined;
  if (type === 'BertNormalizer') return { bert: section as object, finalSigma: false, keepPrivateUse: false };
  const steps: unknown = type === 'Sequence' ? Reflect.get(Object(section), 'normalizers') : undefined;
  if (!Array.isArray(steps)) return undefined;
  const bert: unknown = steps.at(-1);
  const before = steps.slice(0, -1).map((step) => JSON.stringify(step));
  const keepPrivateUse = before[0] === JSON.stringify(CONTROLS);
  const finalSigma = before.at(-1) === JSON.stringify(FINAL_SIGMA);
  const known = Number(keepPrivateUse) + Number(finalSigma) === before.length && before.length > 0;
  const isBert = typeof bert === 'object' && bert !== null && Reflect.get(bert, 'type') === 'BertNormalizer';
  return known && isBert ? { bert, finalSigma, keepPrivateUse } : undefined;
}
