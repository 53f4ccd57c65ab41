import { Message } from './protobuf.ts';

/** Numbers of the fields are those of `onnx.proto3` (opset 17, IR version 8). */
const FLOAT = 1;
const INT64 = 7;

type Attribute = number | string | readonly number[];

/** An ONNX graph under construction; values are called by name. */
export class Graph {
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  #names = 0;

  /** Adds an operation. @returns the name of its result */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const output = `v${this.#names++}`;
    const node = new Message();
    for (const input of inputs) node.text(1, input);
    node.text(2, output).text(4, type);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    this.#nodes.push(node);
    return output;
  }

  /** Adds a constant of 32-bit floats. @returns its name */
  constant(shape: readonly number[], data: Float32Array): string {
    const name = `c${this.#names++}`;
    const tensor = new Message();
    for (const side of shape) tensor.integer(1, side);
    tensor.integer(2, FLOAT).text(8, name);
    tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#initializers.push(tensor);
    return name;
  }

  /** The bytes of a model. Inputs and outputs by name, with their shapes. */
  model(
    inputs: Readonly<Record<string, readonly number[]>>,
    outputs: Readonly<Record<string, readonly number[]>>,
  ): Uint8Array {
    const graph = new Message();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, 'd-persona');
    for (const initializer of this.#initializers) graph.message(5, initializer);
    for (const [name, shape] of Object.entries(inputs)) graph.message(11, valueInfo(name, shape));
    for (const [name, shape] of Object.entries(outputs)) graph.message(12, valueInfo(name, shape));
    const opset = new Message().text(1, '').integer(2, 17);
    return new Message().integer(1, 8).message(7, graph).message(8, opset).encode();
  }
}

function attribute(name: string, value: Attribute): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'string') return message.text(4, value).integer(20, 3);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  for (const each of value) message.integer(8, each);
  return message.integer(20, INT64);
}

function valueInfo(name: string, shape: readonly number[]): Message {
  const dimensions = new Message();
  for (const side of shape) dimensions.message(1, new Message().integer(1, side));
  const tensor = new Message().integer(1, FLOAT).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
