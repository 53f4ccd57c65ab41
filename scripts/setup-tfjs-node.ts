import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execa } from 'execa';

/*
 * Sets up @tensorflow/tfjs-node, TensorFlow on the CPU. Its own installation downloads libtensorflow 2.9.1; where that
 * is not to be had, the newer TensorFlow in a wheel of Python's registry has the same C interface, and the binding is
 * compiled against it. Changes nothing where the package works already.
 */
const HELP = `Usage: npm run setup:tfjs-node -- [--tensorflow <folder>] [--headers <folder>] [--python <program>]

  --tensorflow  the folder "tensorflow" of an unpacked wheel; by default pip downloads one into build/
  --headers     where Node's headers are (<folder>/include/node); by default looked for beside the installed Nodes
  --python      what runs pip; python3 by default

Needs a C++ compiler, make and Python 3.`;

const PACKAGE = '@tensorflow/tfjs-node';
const TENSORFLOW = '2.21.0';
/** What pip calls the platforms that the wheels are built for. */
const WHEELS: Readonly<Record<string, { name: string; platform: string }>> = {
  'linux-x64': { name: 'tensorflow-cpu', platform: 'manylinux_2_27_x86_64' },
  'linux-arm64': { name: 'tensorflow', platform: 'manylinux_2_27_aarch64' },
};

const root = fileURLToPath(new URL('../', import.meta.url));
const { values } = parseArgs({
  options: {
    tensorflow: { type: 'string' },
    headers: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

/** The version of the TensorFlow that the package runs on; undefined where it does not start. */
async function workingVersion(): Promise<string | undefined> {
  const program = `const tf = require('${PACKAGE}');
    const product = tf.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([3, 3, 1, 1]), 1, 'valid').dataSync();
    if (product.some((value) => value !== 9)) throw new Error('a convolution is wrong');
    console.log(tf.backend().binding.TF_Version);`;
  const { failed, stdout } = await execa(process.execPath, ['--eval', program], { cwd: root, reject: false });
  return failed ? undefined : stdout.trim().split('\n').at(-1);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Adds the package as the lock file has it, without its own installation, which would download and fail. */
async function addPackage(): Promise<void> {
  const { optionalDependencies } = JSON.parse(await readFile(join(root, 'trainer/package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const exact = `${PACKAGE}@${optionalDependencies[PACKAGE]}`;
  const quiet = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await execa('npm', ['install', ...quiet, exact], { cwd: root, stdio: 'inherit' });
}

/** Downloads a wheel and keeps what the binding needs of it. @returns the wheel's folder "tensorflow" */
async function downloadTensorflow(): Promise<string> {
  const folder = join(root, 'build', `tensorflow-${TENSORFLOW}`);
  if (await exists(folder)) return folder;
  const wheel = WHEELS[`${process.platform}-${process.arch}`];
  if (wheel === undefined) {
    throw new Error(
      `There is no wheel for ${process.platform}-${process.arch}: unpack one and name it with --tensorflow`,
    );
  }
  await mkdir(dirname(folder), { recursive: true });
  const unpacked = await mkdtemp(`${folder}-`);
  try {
    // Any Python downloads it: nothing of the wheel is run by Python.
    const target = [
      `--target=${join(unpacked, 'all')}`,
      ...['--no-deps', '--no-compile', '--only-binary=:all:', '--implementation=cp', '--python-version=3.11'],
      `--platform=${wheel.platform}`,
    ];
    await execa(values.python, ['-m', 'pip', 'install', ...target, `${wheel.name}==${TENSORFLOW}`], {
      stdio: 'inherit',
    });
    await mkdir(join(unpacked, 'kept'));
    for (const part of ['include', 'libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
      await rename(join(unpacked, 'all/tensorflow', part), join(unpacked, 'kept', part));
    }
    await rename(join(unpacked, 'kept'), folder);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  return folder;
}

/** Where headers of a Node are: any will do, the binding's interface (Node-API) is the same in all. */
async function findHeaders(): Promise<string | undefined> {
  const nodes = [process.execPath, ...(process.env.PATH ?? '').split(':').map((bin) => join(bin, 'node'))];
  for (const candidate of nodes.map((node) => resolve(node, '../..'))) {
    if (await exists(join(candidate, 'include/node/node_api.h'))) return candidate;
  }
  return undefined;
}

const before = await workingVersion();
if (before !== undefined) {
  console.log(`${PACKAGE} works already, on TensorFlow ${before}`);
  process.exit(0);
}
if (!(await exists(join(root, 'node_modules', PACKAGE)))) await addPackage();
const tensorflow = values.tensorflow === undefined ? await downloadTensorflow() : resolve(values.tensorflow);
const headers = values.headers ?? (await findHeaders());
const link = ['--tensorflow', tensorflow, '--package', PACKAGE, '--root', root];
await execa(
  process.execPath,
  [join(root, 'scripts/link-tensorflow.ts'), ...link, ...(headers ? ['--headers', headers] : [])],
  { cwd: root, stdio: 'inherit' },
);
const after = await workingVersion();
if (after === undefined) throw new Error(`${PACKAGE} was built and does not start`);
console.log(`${PACKAGE} works, on TensorFlow ${after}`);
