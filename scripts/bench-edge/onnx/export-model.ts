import { type Architecture, headWidths } from '@d-persona/shared/model/architecture.ts';
import { Graph } from './graph.ts';

type Weights = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/** Writes a release's networks as ONNX, for square images whose side pooling halves evenly, heads padded by 1. */
export class ModelExport {
  readonly #weights: Weights;
  readonly #architecture: Architecture;
  readonly #side: number;

  constructor(weights: Weights, architecture: Architecture, side: number) {
    this.#weights = weights;
    this.#architecture = architecture;
    this.#side = side;
  }

  /** `image` [1,C,H,W] → `part` [1,F,H,W], `gaussian` [1,2D,1,1], `queries` [1,R·D,1,1] */
  encoder(): Uint8Array {
    const { channels, personas, latent, widths } = this.#architecture;
    const [side, features] = [this.#side, widths[0] as number];
    const graph = new Graph();
    const deepest = this.#contracting(graph, 'prior').at(-1) as string;
    const mean = graph.node('GlobalAveragePool', [deepest]);
    const gaussian = this.#convolution(graph, 'prior/out', mean, false);
    const map = this.#unet(graph);
    const queries = Array.from({ length: personas }, (_, persona) => this.#head(graph, persona, map));
    const first = this.#kernel(graph, 'decoder/first', features);
    const part = graph.node('Conv', [map, first], { kernel_shape: [1, 1] });
    const outputs = {
      [part]: [1, features, side, side],
      [gaussian]: [1, 2 * latent, 1, 1],
      [graph.node('Concat', queries, { axis: 1 })]: [1, personas * latent, 1, 1],
    };
    return graph.model({ image: [1, channels, side, side] }, outputs);
  }

  /** `part` [1,F,H,W], `latent` [1,F,1,1] (W_z·z + b) → probabilities [1,1,H,W] */
  decoder(): Uint8Array {
    const [side, features] = [this.#side, this.#architecture.widths[0] as number];
    const graph = new Graph();
    let map = graph.node('Relu', [graph.node('Add', ['part', 'latent'])]);
    for (const name of ['decoder/hidden0', 'decoder/hidden1'])
      map = this.#convolution(graph, name, map, true);
    const out = graph.node('Sigmoid', [this.#convolution(graph, 'decoder/last', map, false)]);
    const inputs = { part: [1, features, side, side], latent: [1, features, 1, 1] };
    return graph.model(inputs, { [out]: [1, 1, side, side] });
  }

  #contracting(graph: Graph, part: string): string[] {
    const levels: string[] = [];
    for (const level of this.#architecture.widths.keys()) {
      const finer = levels.at(-1);
      const input = finer === undefined ? 'image' : pool(graph, finer);
      levels.push(this.#block(graph, `${part}/down/${level}`, input));
    }
    return levels;
  }

  #unet(graph: Graph): string {
    const levels = this.#contracting(graph, 'unet');
    let map = levels.at(-1) as string;
    for (let level = levels.length - 2; level >= 0; level--) {
      const scales = graph.constant([4], Float32Array.of(1, 1, 2, 2));
      const up = graph.node('Resize', [map, '', scales], {
        mode: 'linear',
        coordinate_transformation_mode: 'align_corners',
      });
      const joined = graph.node('Concat', [up, levels[level] as string], { axis: 1 });
      map = this.#block(graph, `unet/up/${level}`, joined);
    }
    return map;
  }

  #head(graph: Graph, persona: number, features: string): string {
    const stages = headWidths(this.#architecture).length;
    let map = features;
    for (let stage = 0; stage < stages; stage++) {
      if (stage > 0) map = pool(graph, map);
      map = this.#convolution(graph, `head/${persona}/conv${2 * stage}`, map, true);
      const relu = stage < stages - 1 || this.#architecture.head.finalRelu;
      map = this.#convolution(graph, `head/${persona}/conv${2 * stage + 1}`, map, relu);
    }
    return graph.node('GlobalAveragePool', [map]);
  }

  #block(graph: Graph, name: string, input: string): string {
    return [0, 1, 2].reduce((map, i) => this.#convolution(graph, `${name}/conv${i}`, map, true), input);
  }

  #convolution(graph: Graph, name: string, input: string, relu: boolean): string {
    const { shape } = this.#weight(`${name}/kernel`);
    const [size = 1, , , outputs = 1] = shape;
    const bias = graph.constant([outputs], this.#weight(`${name}/bias`).data);
    const pads = Array(4).fill(size >> 1);
    const inputs = [input, this.#kernel(graph, name, shape[2] as number), bias];
    const out = graph.node('Conv', inputs, { kernel_shape: [size, size], pads });
    return relu ? graph.node('Relu', [out]) : out;
  }

  /** A kernel [k,k,in,out] as [out,in,k,k]. @param inputs of so many input channels, the first */
  #kernel(graph: Graph, name: string, inputs: number): string {
    const { shape, data } = this.#weight(`${name}/kernel`);
    const [size = 1, , all = 1, outputs = 1] = shape;
    const taps = size * size;
    const out = new Float32Array(outputs * inputs * taps);
    for (let tap = 0; tap < taps; tap++)
      for (let i = 0; i < inputs; i++)
        for (let o = 0; o < outputs; o++)
          out[(o * inputs + i) * taps + tap] = data[(tap * all + i) * outputs + o] as number;
    return graph.constant([outputs, inputs, size, size], out);
  }

  #weight(name: string) {
    const weight = this.#weights.get(name);
    if (weight === undefined) throw new Error(`No weight is named ${name}`);
    return weight;
  }
}

function pool(graph: Graph, map: string): string {
  return graph.node('AveragePool', [map], { kernel_shape: [2, 2], strides: [2, 2] });
}
