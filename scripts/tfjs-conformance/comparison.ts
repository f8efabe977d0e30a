export interface SpecResult {
  readonly name: string;
  readonly passed: boolean;
  /** What Jasmine says of a failed one. */
  readonly problem: string;
}

/** A spec that may pass on cpu and not on onnx. */
export interface Exception {
  readonly reason: string;
  /** Set where it passes on some platforms; any other exception must be needed. */
  readonly mayPass?: true;
}

interface Difference {
  readonly name: string;
  readonly problem: string;
  /** Why it may fail, from the table of exceptions. */
  readonly reason: string | undefined;
}

export interface Comparison {
  readonly cpu: readonly SpecResult[];
  readonly onnx: readonly SpecResult[];
  /** Specs that pass on cpu and do not on onnx. */
  readonly differences: readonly Difference[];
  /** Share of the specs that pass on cpu which pass on onnx too. */
  readonly share: number;
  /** Why the comparison fails; empty where it does not. */
  readonly problems: readonly string[];
}

const LEAST_SHARE = 0.995;
/** tfjs-core 4.22 has more; far fewer would mean that test files were not loaded. */
const LEAST_ON_CPU = 4106;

/** Holds onnx to what passes on cpu, but for the exceptions, which must still be needed. */
export function compare(
  cpu: readonly SpecResult[],
  onnx: readonly SpecResult[],
  exceptions: Readonly<Record<string, Exception>>,
  only = '',
): Comparison {
  const expected = cpu.filter(({ passed }) => passed);
  const onOnnx = new Map(onnx.map((result) => [result.name, result]));
  const differences = expected.flatMap(({ name }): Difference[] => {
    const result = onOnnx.get(name);
    if (result?.passed) return [];
    return [{ name, problem: result?.problem ?? 'It was not run.', reason: exceptions[name]?.reason }];
  });
  const share = 1 - differences.length / expected.length;

  const least = only ? 1 : LEAST_ON_CPU;
  const onCpu = new Set(cpu.map(({ name }) => name));
  const needed = new Set(differences.map(({ name }) => name));
  const problems = [
    ...differences.filter(({ reason }) => !reason).map(({ name }) => `passes on cpu alone: ${name}`),
    ...onnx.filter((result) => !result.passed && !onCpu.has(result.name)).map(({ name }) => `fails: ${name}`),
    ...Object.entries(exceptions)
      .filter(([name, { mayPass }]) => !mayPass && name.includes(only) && !needed.has(name))
      .map(([name]) => `an exception that is not needed: ${name}`),
  ];
  if (expected.length < least)
    problems.push(`expected at least ${least} specs to pass on cpu, got ${expected.length}`);
  if (share < LEAST_SHARE && !only)
    problems.push(`expected ${LEAST_SHARE * 100} % of them to pass on onnx, got ${percent(share)}`);
  return { cpu, onnx, differences, share, problems };
}

/** The comparison as text, for people. */
export function describe({ cpu, onnx, differences, share, problems }: Comparison): string {
  const counts = (name: string, results: readonly SpecResult[]): string =>
    `${name.padEnd(5)} ${results.filter(({ passed }) => passed).length} of ${results.length} specs pass`;
  const lines = [
    counts('cpu', cpu),
    counts('onnx', onnx),
    `${percent(share)} of the specs that pass on cpu pass on onnx; ${differences.length} do not:`,
    ...differences.map(
      ({ name, problem, reason }) => `  ${name}\n    ${reason ?? `NOT LISTED. ${problem.slice(0, 500)}`}`,
    ),
    ...(problems.length > 0 ? ['', 'FAILED', ...problems.map((problem) => `  ${problem}`)] : []),
  ];
  return lines.join('\n');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
