import { access, mkdir, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';

/*
 * Puts a TensorFlow of Python's registry under TensorFlow.js' native binding, in place of the libtensorflow 2.9.1 that
 * it would download: that one is built for CUDA 11.2, which is older than the GPUs that are rented today.
 */
const HELP = `Usage: node scripts/link-tensorflow.ts --tensorflow <folder> [--package <name>] [--root <folder>]

  --tensorflow  the folder "tensorflow" of an installed wheel (tensorflow or tensorflow-cpu, 2.21)
  --package     @tensorflow/tfjs-node-gpu (default) or @tensorflow/tfjs-node, installed with --ignore-scripts
  --root        where node_modules is; by default the current folder
  --headers     where node's headers are (<folder>/include/node); by default beside this node`;

const { values } = parseArgs({
  options: {
    tensorflow: { type: 'string' },
    package: { type: 'string', default: '@tensorflow/tfjs-node-gpu' },
    root: { type: 'string', default: '.' },
    headers: { type: 'string', default: join(process.execPath, '../..') },
    help: { type: 'boolean' },
  },
});
if (values.help || values.tensorflow === undefined) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

const wheel = resolve(values.tensorflow);
const binding = resolve(values.root, 'node_modules', values.package);
for (const path of [
  join(wheel, 'libtensorflow_cc.so.2'),
  join(wheel, 'include/tensorflow/c/c_api.h'),
  binding,
]) {
  await access(path).catch(() => {
    console.error(`${path} is not there. ${HELP}`);
    process.exit(2);
  });
}
const deps = join(binding, 'deps');
await rm(deps, { recursive: true, force: true });
await mkdir(join(deps, 'lib'), { recursive: true });
const links = {
  include: 'include',
  'lib/libtensorflow.so': 'libtensorflow_cc.so.2',
  'lib/libtensorflow.so.2': 'libtensorflow_cc.so.2',
  // The name that the binding's own installation looks for before it downloads anything.
  'lib/libtensorflow.so.2.9.1': 'libtensorflow_cc.so.2',
  'lib/libtensorflow_cc.so.2': 'libtensorflow_cc.so.2',
  'lib/libtensorflow_framework.so': 'libtensorflow_framework.so.2',
  'lib/libtensorflow_framework.so.2': 'libtensorflow_framework.so.2',
};
for (const [name, target] of Object.entries(links)) await symlink(join(wheel, target), join(deps, name));
await execa('npm', ['rebuild', values.package, '--foreground-scripts'], {
  cwd: values.root,
  env: { npm_config_nodedir: values.headers },
  stdio: 'inherit',
});
