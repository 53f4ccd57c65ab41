import type * as tf from '@tensorflow/tfjs-core';

/** Number by which the native binding knows a tensor of TensorFlow's. */
export type Handle = number;

/** An output of an operation, as the binding tells it. */
export interface Output {
  readonly id: Handle;
  readonly shape: number[];
  readonly dtype: number;
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What we use of the native binding. */
interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_SHAPE: number;
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Handle[],
    outputs: number,
  ): Output[];
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array): Handle;
  deleteTensor(handle: Handle): void;
}

/** What we use of TensorFlow.js' backend `tensorflow`, which is the same for the CPU and the GPU package. */
export interface NodeBackend {
  readonly binding: Binding;
  readonly tensorMap: { get(dataId: object): { id: Handle } };
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): Handle[];
  createOutputTensor(output: Output): tf.Tensor;
}

/** Attributes of an operation, made by {@link Tensorflow}. */
export type Attributes = readonly Attribute[];

/**
 * Operations of TensorFlow called by handles, without a tensor of TensorFlow.js for each intermediate result: what is
 * not released is leaked.
 */
export class Tensorflow {
  readonly #backend: NodeBackend;
  readonly #binding: Binding;
  readonly #constants = new Map<string, Handle>();
  /** T = float32. */
  readonly float: Attributes;

  constructor(backend: NodeBackend) {
    this.#backend = backend;
    this.#binding = backend.binding;
    this.float = [this.type('T', 'float32')];
  }

  type(name: string, type: 'float32' | 'int32'): Attribute {
    const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = this.#binding;
    return { name, type: TF_ATTR_TYPE, value: type === 'float32' ? TF_FLOAT : TF_INT32 };
  }

  integer(name: string, value: number | readonly number[]): Attribute {
    return { name, type: this.#binding.TF_ATTR_INT, value };
  }

  text(name: string, value: string): Attribute {
    return { name, type: this.#binding.TF_ATTR_STRING, value };
  }

  /** Handle of a tensor, which stays TensorFlow.js'. */
  handle(tensor: tf.TensorInfo): Handle {
    return this.#backend.getInputTensorIds([tensor])[0] as Handle;
  }

  /** An operation with one result, which the caller releases or makes a tensor. */
  run(name: string, attributes: Attributes, inputs: readonly Handle[]): Output {
    return this.runAll(name, attributes, inputs, 1)[0] as Output;
  }

  runAll(name: string, attributes: Attributes, inputs: readonly Handle[], outputs: number): Output[] {
    return this.#binding.executeOp(name, attributes, inputs, outputs);
  }

  /** An operation that takes over its first input: it is released. */
  pass(input: Output, name: string, attributes: Attributes, others: readonly Handle[] = []): Output {
    const output = this.run(name, attributes, [input.id, ...others]);
    this.release(input);
    return output;
  }

  /** Integers, or one float, made once and kept: there are few different ones. */
  constant(values: readonly number[] | number, type: 'float32' | 'int32'): Handle {
    const key = `${type} ${values}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const handle = this.create(values, type);
    this.#constants.set(key, handle);
    return handle;
  }

  /** As {@link constant}, but the caller releases it. */
  create(values: readonly number[] | number, type: 'float32' | 'int32'): Handle {
    const { TF_FLOAT, TF_INT32 } = this.#binding;
    const flat = [values].flat();
    const shape = Array.isArray(values) ? [flat.length] : [];
    return type === 'float32'
      ? this.#binding.createTensor(shape, TF_FLOAT, Float32Array.from(flat))
      : this.#binding.createTensor(shape, TF_INT32, Int32Array.from(flat));
  }

  /** A variable of TensorFlow's own by that name, which holds a float32 tensor of any shape. */
  variable(name: string): Handle {
    const { TF_ATTR_SHAPE, TF_ATTR_TYPE, TF_FLOAT } = this.#binding;
    return this.run(
      'VarHandleOp',
      [
        { name: 'dtype', type: TF_ATTR_TYPE, value: TF_FLOAT },
        { name: 'shape', type: TF_ATTR_SHAPE, value: [] },
        this.text('shared_name', name),
      ],
      [],
    ).id;
  }

  release(...outputs: readonly (Output | Handle)[]): void {
    for (const output of outputs) {
      this.#binding.deleteTensor(typeof output === 'number' ? output : output.id);
    }
  }

  /** A result as a tensor of TensorFlow.js', which owns it from now on. */
  tensor(output: Output): tf.Tensor {
    return this.#backend.createOutputTensor(output);
  }

  /** Puts a result in place of a tensor's value, as an operation that writes in place would. */
  replace(tensor: tf.TensorInfo, output: Output): void {
    this.#backend.tensorMap.get(tensor.dataId).id = output.id;
  }
}
