export { type Bar, type BarChartOptions, barChart } from './charts/bar-chart.ts';
export type { Chart } from './charts/chart.ts';
export { type HeatmapOptions, heatmap } from './charts/heatmap.ts';
export {
  type LineChartOptions,
  type LineSeries,
  lineChart,
  type Point,
  smoothed,
} from './charts/line-chart.ts';
export { type ScatterChartOptions, type ScatterPoint, scatterChart } from './charts/scatter-chart.ts';
export { duration, type ReportTable } from './html.ts';
export { type HtmlReportOptions, htmlReport } from './html-report.ts';
export { type LayerWeights, layerWeightSections, layerWeights } from './layer-weights.ts';
export { classSections, predictionSection } from './prediction-sections.ts';
export { type ReportContent, type ReportSection, renderReport } from './render-report.ts';
export { writeReport } from './write-report.ts';
