import h5wasm from 'h5wasm';

export interface PlainArray {
  readonly shape: readonly number[];
  readonly data: Float64Array | Uint8Array;
}

/** An HDF5 file of arrays by name. */
export async function hdf5File(arrays: Readonly<Record<string, PlainArray>>): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready;
  const file = new h5wasm.File('/made.h5', 'w');
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    file.create_dataset({ name, data, shape: [...shape] });
  }
  file.flush();
  file.close();
  const bytes = new Uint8Array(FS.readFile('/made.h5') as Uint8Array);
  FS.unlink('/made.h5');
  return bytes;
}
