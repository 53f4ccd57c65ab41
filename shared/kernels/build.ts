import { mkdir, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compileKernels, type Variant, variants } from './compile.ts';

/* Writes every build of the kernels to `build/`. */
const output = fileURLToPath(new URL('build/', import.meta.url));
await mkdir(output, { recursive: true });
for (const variant of Object.keys(variants) as Variant[]) {
  const path = `${output}${variant}.wasm`;
  await writeFile(`${path}.tmp`, await compileKernels(variant));
  await rename(`${path}.tmp`, path);
}
