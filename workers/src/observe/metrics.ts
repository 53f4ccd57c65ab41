/** Upper bounds of the histogram, seconds. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Series {
  readonly labels: string;
  count: number;
  seconds: number;
  readonly buckets: number[];
}

/** One answered request. */
export interface Observation {
  readonly method: string;
  /** The pattern of its path, never the path. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly stages: readonly (readonly [string, number])[];
}

/** Counts of this isolate, in the text format of Prometheus. Labels come from the code alone, so they are few. */
export class Metrics {
  readonly #requests = new Map<string, Series>();
  readonly #stages = new Map<string, Series>();

  observe({ method, route, status, ms, stages }: Observation): void {
    count(this.#requests, `method="${method}",route="${route}",status="${status}"`, ms / 1000);
    for (const [stage, spent] of stages) count(this.#stages, `stage="${stage}"`, spent / 1000);
  }

  /** @param gauges what is measured now, by name */
  text(gauges: Readonly<Record<string, number>>): string {
    return [
      ...histogram('d_persona_request_seconds', 'Time to answer', this.#requests),
      ...histogram('d_persona_stage_seconds', 'Time by stage', this.#stages),
      ...Object.entries(gauges).flatMap(([name, value]) => [
        `# TYPE d_persona_${name} gauge`,
        `d_persona_${name} ${value}`,
      ]),
      '',
    ].join('\n');
  }
}

function count(all: Map<string, Series>, labels: string, seconds: number): void {
  const series = all.get(labels) ?? { labels, count: 0, seconds: 0, buckets: BOUNDS.map(() => 0) };
  all.set(labels, series);
  series.count++;
  series.seconds += seconds;
  for (const [i, bound] of BOUNDS.entries())
    if (seconds <= bound) series.buckets[i] = (series.buckets[i] ?? 0) + 1;
}

function histogram(name: string, help: string, all: ReadonlyMap<string, Series>): string[] {
  const lines = [...all.values()].flatMap(({ labels, count, seconds, buckets }) => [
    ...BOUNDS.map((bound, i) => `${name}_bucket{${labels},le="${bound}"} ${buckets[i]}`),
    `${name}_bucket{${labels},le="+Inf"} ${count}`,
    `${name}_sum{${labels}} ${seconds.toFixed(6)}`,
    `${name}_count{${labels}} ${count}`,
  ]);
  return lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines];
}
