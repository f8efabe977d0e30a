import type { TopLevelSpec } from 'vega-lite';

/** A drawing that can be made as wide as there is room. What has this method can stand in a report. */
export interface Chart {
  /**
   * An SVG document. Lines of text and axes take the colour of the text around them, so that it serves by day and
   * by night.
   *
   * @param width in pixels. @default 700
   */
  svg(width?: number): Promise<string>;
}

/** What tells series apart, in this order: middle tones that are seen on white and on black. */
export const COLOURS: readonly string[] = [
  '#4c8fd6',
  '#e07b39',
  '#3aa676',
  '#a86fd1',
  '#d4566a',
  '#b8962e',
  '#3fa7b5',
  '#8a8f98',
];

/** Below this there is room for less: a phone held upright. */
export const NARROW = 480;

const DEFAULT_WIDTH = 700;

/** Vega loads when the first chart is drawn, not with the package: it is large. */
export function vegaLiteChart(describe: (width: number) => TopLevelSpec): Chart {
  return {
    async svg(width = DEFAULT_WIDTH) {
      const [{ Error: onlyErrors, parse, View }, { compile }] = await Promise.all([
        import('vega'),
        import('vega-lite'),
      ]);
      const { spec } = compile({ ...COMMON, ...describe(width), width, config: theme(width) });
      const view = new View(parse(spec), { renderer: 'none', logLevel: onlyErrors });
      try {
        return await view.toSVG();
      } finally {
        view.finalize();
      }
    },
  };
}

/** The width is that of the whole, the height that of the plot: axes and legends come on top of it. */
const COMMON = {
  padding: 4,
  background: 'transparent',
  autosize: { type: 'fit-x', contains: 'padding' },
} as const;

function theme(width: number): NonNullable<TopLevelSpec['config']> {
  return {
    font: 'system-ui, sans-serif',
    view: { stroke: null },
    axis: {
      labelColor: 'currentColor',
      labelOpacity: 0.75,
      titleColor: 'currentColor',
      titleOpacity: 0.75,
      titleFontWeight: 'normal',
      domainColor: 'currentColor',
      domainOpacity: 0.4,
      tickColor: 'currentColor',
      tickOpacity: 0.4,
      gridColor: 'currentColor',
      gridOpacity: 0.12,
      labelFontSize: 12,
      titleFontSize: 12,
      tickCount: width < NARROW ? 5 : 8,
    },
    legend: {
      orient: 'top',
      title: null,
      labelColor: 'currentColor',
      labelFontSize: 13,
      labelLimit: 0,
      columnPadding: 24,
    },
    range: { category: [...COLOURS] },
  };
}

/** A legend of these names, in as many columns as there is room for; none for a single name. */
export function legendOf(names: readonly string[], width: number): { columns: number } | null {
  const widest = Math.max(...names.map((name) => name.length));
  return names.length < 2 ? null : { columns: Math.max(1, Math.floor((width - 40) / (8 * widest + 60))) };
}

/** A text for an axis or a legend: a long one keeps its beginning. */
export function short(text: string, length = 28): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
